package io.tardy;

import io.tardy.aio.AsyncType;
import io.tardy.runtime.TransportChoice;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The transport that runs, and why each better one does not.
 *
 * @param type the transport that was chosen
 * @param refused those that {@link AsyncType#AUTO} would have preferred, best first
 * @param description the transport in a few words: its label, and more where that says too little
 */
public record Backend(AsyncType type, List<Refusal> refused, String description) {

    /**
     * A transport that was not chosen.
     *
     * @param type the transport
     * @param reason the cause and the way out, one sentence
     */
    public record Refusal(AsyncType type, String reason) {
        @Override
        public String toString() {
            return type.label() + " was refused: " + reason;
        }
    }

    public Backend {
        refused = List.copyOf(refused);
    }

    static Backend of(TransportChoice choice) {
        return new Backend(
                choice.transport().type(),
                choice.refused().stream()
                        .map(refusal -> new Refusal(refusal.type(), refusal.reason()))
                        .toList(),
                choice.transport().description());
    }

    @Override
    public String toString() {
        return refused.isEmpty()
                ? description
                : refused.stream()
                        .map(Refusal::toString)
                        .collect(Collectors.joining("; ", description + " (", ")"));
    }
}
