package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * What stands in for a tokenizer: turns a conversation into tokens by a fixed rule, so that sizes can be told from the
 * text alone and an answer that comes back in the history gives the very tokens that were generated.
 *
 * <ul>
 *   <li>A turn is one token that names the role, its content, and one end token.
 *   <li>Text is cut into pieces of four UTF-8 bytes, one token each; a line feed always begins a new piece, and so does
 *       each part of a content list.
 *   <li>A tool call is one token that holds the tool's name, then its arguments as canonical JSON, cut like text. Ids are
 *       not rendered.
 *   <li>Any other part (image, document) is {@value #OPAQUE_TOKENS} tokens made from its content.
 * </ul>
 *
 * Confined to one thread.
 */
final class TokenRule {

    static final String ASSISTANT = "assistant";
    static final String SYSTEM = "system";
    static final String TOOL = "tool";
    static final String USER = "user";
    static final int PIECE_BYTES = 4;
    static final int OPAQUE_TOKENS = 256;

    // The upper four bits tell the kinds of token apart.
    private static final long END = 0x1L << 60;
    private static final long ROLE = 0x2L << 60;
    private static final long CALL = 0x3L << 60;
    private static final long PIECE = 0x4L << 60;
    private static final long OPAQUE = 0x5L << 60;
    private static final long ID = 0x6L << 60;

    private final LongConsumer tokens;

    TokenRule(LongConsumer tokens) {
        this.tokens = tokens;
    }

    void open(String role) {
        tokens.accept(ROLE | (TokenChain.hashOf(role) >>> 4));
    }

    void close() {
        tokens.accept(END);
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int start = 0;
        while (start < bytes.length) {
            int end = start + 1;
            long packed = bytes[start] & 0xff;
            while (end < bytes.length && end - start < PIECE_BYTES && bytes[end] != '\n') {
                packed = (packed << 8) | (bytes[end++] & 0xff);
            }
            tokens.accept(PIECE | ((long) (end - start) << 32) | packed);
            start = end;
        }
    }

    /** @param arguments JSON, in whatever form the client sent it */
    void call(String name, String arguments) {
        tokens.accept(CALL | (TokenChain.hashOf(name) >>> 4));
        text(Json.canonical(arguments));
    }

    /** A message's content: none, a text, or a list of parts. */
    void content(JsonNode content) throws BadRequest {
        if (content.isTextual()) {
            text(content.textValue());
        } else if (content.isArray()) {
            for (JsonNode part : content) {
                part(part);
            }
        } else if (!content.isNull() && !content.isMissingNode()) {
            throw BadRequest.of("content: expected a text or a list of parts");
        }
    }

    void part(JsonNode part) {
        if (part.isTextual()) {
            text(part.textValue());
        } else if (part.path("text").isTextual()) {
            text(part.path("text").textValue());
        } else {
            opaque(part);
        }
    }

    /** A token that the client names by its number. */
    void id(long id) {
        tokens.accept(ID | (id & 0xffff_ffffL));
    }

    private void opaque(JsonNode part) {
        long hash = TokenChain.hashOf(Json.canonical(part));
        for (int i = 0; i < OPAQUE_TOKENS; i++) {
            tokens.accept(OPAQUE | (TokenChain.mix(hash + i) >>> 4));
        }
    }
}
