package dev.sluice.emulator;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a request asks of its answer. Immutable.
 *
 * @param maxTokens most tokens; the context's rest unless told
 * @param minTokens the answer does not end by itself before
 * @param ignoreEos the answer does not end by itself at all
 * @param tools that may be called
 * @param choice when
 */
record Wish(OptionalInt maxTokens, int minTokens, boolean ignoreEos, List<Tool> tools, Tool.Choice choice) {

    static Wish of(RequestBody body, OptionalInt maxTokens, Tool.Choice choice) throws BadRequest {
        return new Wish(
                maxTokens,
                body.tokens(0, "min_tokens").orElse(0),
                body.flag("ignore_eos"),
                Tool.from(body.field("tools")),
                choice);
    }
}
