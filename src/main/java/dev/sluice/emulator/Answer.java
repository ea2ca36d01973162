package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * All that a request will generate, fixed before it starts: some text, maybe a tool call, maybe the turn's end token.
 * Immutable.
 *
 * @param text ASCII, a whole number of pieces
 * @param call after the text; null for none
 * @param endToken whether the turn's end is generated too: not where the length cut it, nor in bare completions, which
 *     have no turns
 * @param stop why it ends
 */
record Answer(String text, @Nullable Call call, boolean endToken, Stop stop) {

    enum Stop {
        STOP,
        LENGTH,
        TOOL_CALLS
    }

    /**
     * @param name of the tool
     * @param input its arguments
     * @param arguments the same as canonical JSON
     */
    record Call(String name, ObjectNode input, String arguments) {

        static Call of(String name, ObjectNode input) {
            return new Call(name, input, Json.canonical(input));
        }

        int tokens() {
            return 1 + (arguments.length() + TokenRule.PIECE_BYTES - 1) / TokenRule.PIECE_BYTES;
        }
    }

    /** What one token adds to the answer as the client sees it. */
    record Piece(Kind kind, String text) {

        enum Kind {
            TEXT,
            /** The tool's name. */
            CALL,
            ARGUMENTS,
            END
        }
    }

    int tokens() {
        return textTokens() + (call == null ? 0 : call.tokens()) + (endToken ? 1 : 0);
    }

    /** @param index from 0 */
    Piece piece(int index) {
        if (index < textTokens()) {
            int start = index * TokenRule.PIECE_BYTES;
            return new Piece(Piece.Kind.TEXT, text.substring(start, start + TokenRule.PIECE_BYTES));
        }
        int inCall = index - textTokens();
        if (call == null || inCall >= call.tokens()) {
            return new Piece(Piece.Kind.END, "");
        }
        if (inCall == 0) {
            return new Piece(Piece.Kind.CALL, call.name());
        }
        int start = (inCall - 1) * TokenRule.PIECE_BYTES;
        String arguments = call.arguments();
        int end = Math.min(start + TokenRule.PIECE_BYTES, arguments.length());
        return new Piece(Piece.Kind.ARGUMENTS, arguments.substring(start, end));
    }

    void render(TokenRule rule) {
        rule.text(text);
        if (call != null) {
            rule.call(call.name(), call.arguments());
        }
        if (endToken) {
            rule.close();
        }
    }

    private int textTokens() {
        return text.length() / TokenRule.PIECE_BYTES;
    }
}
