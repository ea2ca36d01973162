package dev.sluice.api;

import dev.sluice.agent.Chain;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a governed request says, as far as it concerns us.
 *
 * @param model the model's name; null if the body has none
 * @param streamed whether the client wants a stream
 * @param asksUsage whether the client will be told usage without our doing: not a stream, a route whose streams always
 *     carry usage, or {@code stream_options.include_usage} is true
 * @param started whether the history holds an answer of the model
 * @param maxOutputTokens the client's bound on the answer, or -1
 * @param identity values of the configured body fields that are present and are non-empty strings or numbers, by path
 * @param usageEdit the edit that makes the engine report usage; null if none is needed or possible
 * @param chain what the prompt is made of
 * @param removals the edits that take out fields meant for us, in their order
 * @param priorityPlace where, in bytes from its start, the body takes a {@code "priority":0,}; -1 if it has one, or takes none
 */
public record RequestFacts(
        @Nullable String model,
        boolean streamed,
        boolean asksUsage,
        boolean started,
        long maxOutputTokens,
        Map<String, String> identity,
        @Nullable BodyEdit usageEdit,
        Chain chain,
        List<BodyEdit> removals,
        int priorityPlace) {

    public RequestFacts {
        identity = Map.copyOf(identity);
        removals = List.copyOf(removals);
    }

    /** Nothing is taken out, and no priority put in. */
    public RequestFacts(
            @Nullable String model,
            boolean streamed,
            boolean asksUsage,
            boolean started,
            long maxOutputTokens,
            Map<String, String> identity,
            @Nullable BodyEdit usageEdit,
            Chain chain) {
        this(model, streamed, asksUsage, started, maxOutputTokens, identity, usageEdit, chain, List.of(), -1);
    }
}
