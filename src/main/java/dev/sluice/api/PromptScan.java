package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.agent.Chain;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.api.KnownValues.Purpose;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of a request's body that make its prompt: what they are as a {@link Chain}, and whether the history holds an
 * answer of the model. No text is kept, and what was read before is known by its bytes ({@link KnownValues}). Confined to its caller.
 */
final class PromptScan {

    /** Of a prompt without messages, so much text or so many tokens are a piece. */
    private static final int PIECE_BYTES = 64;

    private static final int PIECE_TOKENS = 32;

    private final Route route;
    private final JsonParser json;
    private final @Nullable TextJsonParser source;
    private final JsonHash hash;
    private final Chain.Builder chain = new Chain.Builder();
    private Said system = Said.NOTHING;
    private Said leadingSystem = Said.NOTHING;
    private boolean isLeading;
    private boolean holdsAnswer;

    PromptScan(Route route, JsonParser json) {
        this.route = route;
        this.json = json;
        this.source = json instanceof TextJsonParser texts ? texts : null;
        this.hash = new JsonHash(json);
    }

    /**
     * A message.
     *
     * @param said its hash, and its shape if it may belong to the system prompt
     * @param isSystem whether it belongs to the system prompt where no other stands before it
     * @param mark of an answer, as in {@link AnswerTrace#mark}; 0 for none
     * @param bytes its size; 0 if not known
     */
    private record Message(
            Said said, boolean isSystem, boolean isAnswer, boolean isBehindAnswer, long mark, int bytes) {}

    /**
     * Text as hashes.
     *
     * @param shape but for its digits
     */
    private record Said(long hash, long shape) {

        static final Said NOTHING = new Said(0, 0);

        Said then(Said next) {
            return new Said(Chain.join(hash, next.hash), shape + next.shape);
        }
    }

    /**
     * Tools as hashes.
     *
     * @param set in any order
     */
    private record Tools(long list, long set) {}

    /** Whether the history, as far as read, holds an answer. */
    boolean holdsAnswer() {
        return holdsAnswer;
    }

    Chain chain() {
        Said all = system.then(leadingSystem);
        return chain.system(all.hash).systemShape(all.shape).build();
    }

    /** Takes a field of the body if it is part of the prompt; the parser stands on its value, or on the end of that then. */
    void onField(String name) throws IOException {
        switch (name) {
            case "model" -> chain.model(hash.value());
            case "tools", "functions" -> {
                Tools tools = tools();
                chain.tools(tools.list).toolSet(tools.set);
            }
            case "system", "instructions" -> system = system();
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
        leadingSystem = Said.NOTHING;
        isLeading = true;
        holdsAnswer = false;
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            hash.begin();
            add(message(JsonHash.field("content", hash.content()), "user", "", 0, 0));
        } else if (json.currentToken() == JsonToken.START_ARRAY) {
            for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
                if (item == JsonToken.START_OBJECT) {
                    add(message());
                } else {
                    hash.begin();
                    chain.add(Speaker.CLIENT, hash.value(), 0);
                }
            }
        }
    }

    private void add(Message next) {
        isLeading &= next.isSystem;
        if (isLeading) {
            leadingSystem = leadingSystem.then(next.said);
            return;
        }
        holdsAnswer |= next.isAnswer || next.isBehindAnswer;
        chain.add(next.isAnswer ? Speaker.MODEL : Speaker.CLIENT, next.said.hash, next.mark, next.bytes);
    }

    private Message message() throws IOException {
        Purpose purpose = route == Route.RESPONSES ? Purpose.ITEM : Purpose.MESSAGE;
        return known(purpose) instanceof Message known ? known : kept(purpose, readMessage());
    }

    private Tools tools() throws IOException {
        return known(Purpose.TOOLS) instanceof Tools known
                ? known
                : kept(Purpose.TOOLS, new Tools(hash.list(), hash.set()));
    }

    private Said system() throws IOException {
        return known(Purpose.SYSTEM) instanceof Said known ? known : kept(Purpose.SYSTEM, readSystem());
    }

    private @Nullable Object known(Purpose purpose) throws IOException {
        return source == null ? null : source.passKnown(purpose);
    }

    private <T> T kept(Purpose purpose, T value) {
        if (source != null) {
            source.keep(purpose, value);
        }
        return value;
    }

    private Said readSystem() throws IOException {
        hash.beginShape();
        long content = hash.content();
        return new Said(content, hash.endShape());
    }

    private Message readMessage() throws IOException {
        long from = json.currentTokenLocation().getByteOffset();
        long fields = 0;
        String role = "";
        String type = "";
        hash.begin();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            boolean isWord = value == JsonToken.VALUE_STRING;
            switch (name) {
                case "role" -> {
                    role = isWord ? json.getText() : "";
                    if (isSystem(role)) {
                        hash.beginShape();
                    }
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
        int bytes = from < 0 ? 0 : (int) (json.currentLocation().getByteOffset() - from);
        return message(fields, role, type, hash.endShape(), bytes);
    }

    private static boolean isSystem(String role) {
        return role.equals("system") || role.equals("developer");
    }

    /** @param fields sum of its fields but role and type */
    private Message message(long fields, String role, String type, long shape, int bytes) {
        // A message of the responses API may say that it is one.
        String kind = type.equals("message") ? "" : type;
        long message = Chain.join(fields, Chain.join(hash.of(role), hash.of(kind)));
        boolean isItem = route == Route.RESPONSES;
        boolean isAnswer = role.equals("assistant") || (isItem && isOfTheModel(type));
        return new Message(
                new Said(message, shape),
                kind.isEmpty() && isSystem(role),
                isAnswer,
                isItem && isBehindAnAnswer(type),
                isAnswer ? hash.mark() : 0,
                bytes);
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
