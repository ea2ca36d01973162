package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.agent.Chain;
import dev.sluice.agent.Chain.Speaker;
import java.io.IOException;

/**
 * Reads the parts of a request's body that make its prompt, each of them once and none of them kept: what they are as a
 * {@link Chain}, and whether the history holds an answer of the model. Confined to its caller.
 */
final class PromptScan {

    /** Of a prompt without messages, so much text or so many tokens are a piece. */
    private static final int PIECE_BYTES = 64;

    private static final int PIECE_TOKENS = 32;

    private final Route route;
    private final JsonParser json;
    private final JsonHash hash;
    private final Chain.Builder chain = new Chain.Builder();
    private long system;
    private long leadingSystem;
    private boolean isLeading;
    private boolean holdsAnswer;

    PromptScan(Route route, JsonParser json) {
        this.route = route;
        this.json = json;
        this.hash = new JsonHash(json);
    }

    /** Whether the history, as far as read, holds an answer. */
    boolean holdsAnswer() {
        return holdsAnswer;
    }

    Chain chain() {
        return chain.system(Chain.join(system, leadingSystem))
                .systemShape(hash.shape())
                .build();
    }

    /** Takes a field of the body if it is part of the prompt; the parser stands on its value, or on the end of that then. */
    void onField(String name) throws IOException {
        switch (name) {
            case "model" -> chain.model(hash.value());
            case "tools", "functions" -> chain.tools(hash.list()).toolSet(hash.set());
            case "system", "instructions" -> {
                hash.shape(true);
                system = hash.content();
                hash.shape(false);
            }
            case "messages" -> onHistory(route == Route.CHAT_COMPLETIONS || route == Route.MESSAGES);
            case "input" -> onHistory(route == Route.RESPONSES);
            case "prompt" -> onPrompt();
            case "previous_response_id" -> chain.answered(kept());
            case "conversation" -> chain.named(kept());
            default -> {}
        }
    }

    /** Of what the server keeps: its name, or an object that has it as its id. */
    private long kept() throws IOException {
        return route == Route.RESPONSES ? hash.value() : 0;
    }

    private void onHistory(boolean isHistory) throws IOException {
        if (!isHistory) {
            return;
        }
        chain.clear();
        leadingSystem = 0;
        isLeading = true;
        holdsAnswer = false;
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            hash.begin();
            add(JsonHash.field("content", hash.content()), "user", "", 0);
        } else if (json.currentToken() == JsonToken.START_ARRAY) {
            for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
                hash.begin();
                if (item == JsonToken.START_OBJECT) {
                    onMessage();
                } else {
                    chain.add(Speaker.CLIENT, hash.value(), 0);
                }
            }
        }
    }

    private void onMessage() throws IOException {
        long from = json.currentTokenLocation().getByteOffset();
        long fields = 0;
        String role = "";
        String type = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            boolean isWord = value == JsonToken.VALUE_STRING;
            switch (name) {
                case "role" -> {
                    role = isWord ? json.getText() : "";
                    hash.shape(isLeading && isSystem(role));
                }
                case "type" -> type = isWord ? json.getText() : "";
                case "content" -> fields += JsonHash.field(name, hash.content());
                case "cache_control" -> json.skipChildren();
                default -> fields += JsonHash.field(name, hash.value(name));
            }
            if (!isWord) {
                json.skipChildren();
            }
        }
        hash.shape(false);
        add(fields, role, type, from < 0 ? 0 : (int) (json.currentLocation().getByteOffset() - from));
    }

    private static boolean isSystem(String role) {
        return role.equals("system") || role.equals("developer");
    }

    /**
     * The next message.
     *
     * @param fields sum of its fields but role and type
     * @param bytes its size; 0 if not known
     */
    private void add(long fields, String role, String type, int bytes) {
        // A message of the responses API may say that it is one.
        String kind = type.equals("message") ? "" : type;
        long message = Chain.join(fields, Chain.join(hash.of(role), hash.of(kind)));
        boolean isItem = route == Route.RESPONSES;
        isLeading &= kind.isEmpty() && isSystem(role);
        if (isLeading) {
            leadingSystem = Chain.join(leadingSystem, message);
            return;
        }
        boolean isAnswer = role.equals("assistant") || (isItem && isOfTheModel(type));
        holdsAnswer |= isAnswer || (isItem && isBehindAnAnswer(type));
        chain.add(isAnswer ? Speaker.MODEL : Speaker.CLIENT, message, isAnswer ? hash.mark() : 0, bytes);
    }

    private static boolean isOfTheModel(String type) {
        return type.endsWith("_call") || type.equals("reasoning");
    }

    private static boolean isBehindAnAnswer(String type) {
        return type.endsWith("_output") || type.equals("item_reference");
    }

    /** A plain completion has no messages: pieces of one size stand for them, and what is left over at the end for nothing. */
    private void onPrompt() throws IOException {
        if (route != Route.COMPLETIONS) {
            return;
        }
        chain.clear();
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            json.getText(new TextPieces(PIECE_BYTES, piece -> chain.add(Speaker.UNKNOWN, piece, 0)));
        } else if (json.currentToken() == JsonToken.START_ARRAY) {
            onTokens();
        }
    }

    private void onTokens() throws IOException {
        long piece = 0;
        int tokens = 0;
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item != JsonToken.VALUE_NUMBER_INT) {
                // Several prompts at once are no conversation.
                chain.clear();
                tokens = Integer.MIN_VALUE;
                json.skipChildren();
                continue;
            }
            boolean isHuge = json.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
            piece = Chain.join(piece, isHuge ? 0 : json.getLongValue());
            if (++tokens == PIECE_TOKENS) {
                chain.add(Speaker.UNKNOWN, piece, 0);
                piece = 0;
                tokens = 0;
            }
        }
    }
}
