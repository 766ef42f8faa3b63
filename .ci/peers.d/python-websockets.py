"""Python's websockets: python-websockets.py client PORT, or … server."""
import asyncio
import os
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

BITS = [None, 8, 9, 12, 15]
# Their names are those of RFC 7692, section 7.1.
CLIENTS = {"no deflate": None, "deflate": {}}
for context in [False, True]:
    for side in ["server", "client"]:
        if context:
            CLIENTS[f"{side}_no_context_takeover"] = {f"{side}_no_context_takeover": True}
        for bits in BITS[1:]:
            # zlib makes no streams of 8 bits.
            if not (side == "client" and bits == 8):
                CLIENTS[f"{side}_max_window_bits {bits}, {side} without context {context}"] = {
                    f"{side}_max_window_bits": bits, f"{side}_no_context_takeover": context}
SERVERS = {name: options for name, options in CLIENTS.items()
           if not options or "server_max_window_bits" not in options or options["server_max_window_bits"] != 8}
MESSAGES = ["", "hello", "größe 日本", "x" * 200_000, os.urandom(5), os.urandom(1 << 20)]
MESSAGES += [f'{{"number": {i}, "text": "the same text each time, or nearly"}}' for i in range(20)] + [os.urandom(70_000)]
CLOSES = 50
PATIENCE_SECONDS = 20


async def converse(peer):
    for i, message in enumerate(MESSAGES):
        await peer.send(message)
        answer = await peer.recv()
        assert answer == message, f"message {i} came back changed"
    # In fragments, and a ping in between that is answered.
    await peer.send(["one ", "message ", "in parts"])
    assert await peer.recv() == "one message in parts"
    await (await peer.ping(b"are you there"))


async def client(port):
    def connect(options, **more):
        factories = [] if options is None else [ClientPerMessageDeflateFactory(**options)]
        return websockets.connect(f"ws://127.0.0.1:{port}/", compression=None, extensions=factories, max_size=1 << 24, **more)

    async def one(options):
        async with connect(options) as peer:
            await converse(peer)
        assert peer.close_code == 1000, f"closed with {peer.close_code}"
        # What a server cannot do it may decline.
        if not options or not any(name.endswith("bits") for name in options):
            agreed = [extension.name for extension in peer.extensions]
            assert agreed == ([] if options is None else ["permessage-deflate"]), f"extensions: {agreed}"

    async def closes():
        for _ in range(CLOSES):
            async with connect(None) as peer:
                await peer.send("last")
                await peer.close(1000, "done")
                assert [message async for message in peer] == ["last"]
            assert peer.close_code == 1000, f"closed with {peer.close_code}"

    failed = False
    attempts = [(name, one(options)) for name, options in CLIENTS.items()]
    for name, attempt in attempts + [(f"{CLOSES} messages with a close behind them", closes())]:
        try:
            await asyncio.wait_for(attempt, PATIENCE_SECONDS)
        except Exception as e:
            failed = True
            print(f"{name}: {e!r}")
    print("done")
    sys.exit(failed)


async def server():
    async def echo(peer):
        async for message in peer:
            await peer.send(message)

    for name, options in SERVERS.items():
        factories = [] if options is None else [ServerPerMessageDeflateFactory(**options)]
        listening = await websockets.serve(echo, "127.0.0.1", 0, compression=None, extensions=factories, max_size=1 << 24)
        print(listening.sockets[0].getsockname()[1], name, flush=True)
    await asyncio.Future()


asyncio.run(server() if sys.argv[1] == "server" else client(sys.argv[2]))
