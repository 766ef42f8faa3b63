@file:JvmName("Coroutines")

package io.tardy.bench.micro

import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

// What Kotlin's coroutines do beside frames: on one thread, by the loop of runBlocking. Each returns how many steps were taken.

/** So many coroutines give way to each other, each so often. */
fun yieldInTurn(width: Int, count: Int): Int = runBlocking {
    var steps = 0
    coroutineScope {
        repeat(width) {
            launch {
                repeat(count) {
                    yield()
                    steps++
                }
            }
        }
    }
    steps
}

/** Two wait for each other in turn, by two channels that hold one message. */
fun rally(hits: Int): Int = runBlocking {
    val there = Channel<Unit>(1)
    val back = Channel<Unit>(1)
    val far = async {
        var taken = 0
        for (hit in there) {
            taken++
            back.send(Unit)
        }
        taken
    }
    var taken = 0
    repeat(hits / 2) {
        there.send(Unit)
        back.receive()
        taken++
    }
    there.close()
    taken + far.await()
}

/** Starts so many and joins them, so often. */
fun launchAndJoin(width: Int, count: Int): Int = runBlocking {
    var steps = 0
    repeat(count) { List(width) { launch { steps++ } }.joinAll() }
    steps
}

/** Sends so many messages through a channel. */
fun send(capacity: Int, count: Int): Int = runBlocking {
    val channel = Channel<Any>(capacity)
    val receiving = async {
        var received = 0
        for (message in channel) {
            received++
        }
        received
    }
    repeat(count) { channel.send(Unit) }
    channel.close()
    receiving.await()
}

/** So many blocks under a timeout, which end at once. */
fun withTimeouts(millis: Long, count: Int): Int = runBlocking {
    var steps = 0
    repeat(count) { withTimeout(millis) { steps++ } }
    steps
}

/** So many scopes of two that compute something. */
fun sumOfScopes(count: Int): Int = runBlocking {
    var sum = 0
    repeat(count) {
        sum += coroutineScope {
            val left = async { 0 }
            val right = async { 1 }
            left.await() + right.await()
        }
    }
    sum
}
