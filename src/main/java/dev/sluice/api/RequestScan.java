package dev.sluice.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one request body. Where a name occurs twice, the later one overwrites the earlier one here as in the
 * engines. Confined to its caller.
 */
final class RequestScan {

    /** Longer values cannot be an identity and are not looked at. */
    private static final int MAX_IDENTITY_CHARS = 1024;

    private final Route route;
    private final JsonParser json;
    private final PromptScan prompt;
    private final Set<String> identityPaths;
    private final Set<String> innerPaths;

    private final Map<String, String> identity = new HashMap<>();
    private @Nullable String model;
    private boolean isStreamed;
    private boolean continuesResponse;
    private boolean continuesConversation;
    private long maxTokens = -1;
    private long newerMaxTokens = -1;
    private boolean hasStreamOptions;
    private @Nullable BodyEdit optionsEdit;
    private boolean hasFields;
    private boolean hasPriority;

    RequestScan(Route route, JsonParser json, Set<String> identityPaths, Set<String> innerPaths) {
        this.route = route;
        this.json = json;
        this.prompt = new PromptScan(route, json);
        this.identityPaths = identityPaths;
        this.innerPaths = innerPaths;
    }

    RequestFacts read(FieldRemoval removal) throws IOException, BadRequestException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new BadRequestException("body: %s (expected: one JSON object)"
                    .formatted(json.currentToken() == null ? "empty" : "JSON of another kind"));
        }
        long afterRoot = json.currentTokenLocation().getByteOffset() + 1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            removal.onName(name);
            json.nextToken();
            onField(name);
            prompt.onField(name);
            takeIdentity(name);
            removal.onEnd();
        }
        if (json.nextToken() != null) {
            throw new BadRequestException("body: more after the JSON object (expected: one JSON object)");
        }
        BodyEdit usageEdit = reportsUsage() ? null : usageEdit(afterRoot);
        return new RequestFacts(
                model,
                isStreamed,
                reportsUsage() || (hasStreamOptions && optionsEdit == null),
                prompt.holdsAnswer() || continuesResponse || continuesConversation,
                newerMaxTokens >= 0 ? newerMaxTokens : maxTokens,
                identity,
                usageEdit,
                prompt.chain(),
                removal.edits(),
                hasFields && !hasPriority && afterRoot > 0 ? Math.toIntExact(afterRoot) : -1);
    }

    private boolean reportsUsage() {
        return !isStreamed || route == Route.RESPONSES || route == Route.MESSAGES;
    }

    private void onField(String name) throws IOException {
        JsonToken value = json.currentToken();
        hasFields = true;
        switch (name) {
            case "priority" -> hasPriority = true;
            case "model" -> model = value == JsonToken.VALUE_STRING ? json.getText() : null;
            case "stream" -> isStreamed = value == JsonToken.VALUE_TRUE;
            case "stream_options" -> onStreamOptions();
            case "max_tokens" -> maxTokens = countOrUnknown();
            case "max_completion_tokens", "max_output_tokens" -> newerMaxTokens = countOrUnknown();
            case "previous_response_id" ->
                continuesResponse = route == Route.RESPONSES && value != JsonToken.VALUE_NULL;
            case "conversation" -> continuesConversation = route == Route.RESPONSES && value != JsonToken.VALUE_NULL;
            default -> {}
        }
    }

    private long countOrUnknown() throws IOException {
        return json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT
                ? Math.max(json.getIntValue(), -1)
                : -1;
    }

    /**
     * An object that does not name {@code include_usage} is left alone: vLLM and TensorRT-LLM then report usage to the
     * client, others do not, and only without an edit the client sees what it would have seen. So is one that asks for
     * usage in every chunk, which our edit would switch on.
     */
    private void onStreamOptions() throws IOException {
        hasStreamOptions = true;
        optionsEdit = null;
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            optionsEdit = replacingLiteral("{\"include_usage\":true}");
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        BodyEdit edit = null;
        boolean isContinuous = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            boolean isOff = value == JsonToken.VALUE_FALSE || value == JsonToken.VALUE_NULL;
            if (name.equals("include_usage")) {
                edit = isOff ? replacingLiteral("true") : null;
            } else if (name.equals("continuous_usage_stats")) {
                isContinuous = !isOff;
            }
            json.skipChildren();
        }
        optionsEdit = isContinuous ? null : edit;
    }

    private @Nullable BodyEdit replacingLiteral(String inserted) {
        long offset = json.currentTokenLocation().getByteOffset();
        int deleted = json.currentToken() == JsonToken.VALUE_FALSE ? "false".length() : "null".length();
        return offset < 0 ? null : new BodyEdit(Math.toIntExact(offset), deleted, inserted);
    }

    /** @param afterRoot offset behind the root's brace; the parser tells none where the text is not UTF-8 */
    private @Nullable BodyEdit usageEdit(long afterRoot) {
        if (hasStreamOptions) {
            return optionsEdit;
        }
        return afterRoot <= 0
                ? null
                : new BodyEdit(Math.toIntExact(afterRoot), 0, "\"stream_options\":{\"include_usage\":true},");
    }

    private void takeIdentity(String path) throws IOException {
        JsonToken value = json.currentToken();
        if (value == JsonToken.START_OBJECT && innerPaths.contains(path)) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String inner = path + '.' + json.currentName();
                json.nextToken();
                takeIdentity(inner);
            }
        } else if (identityPaths.contains(path)) {
            identity.remove(path);
            if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
                String text = json.getText();
                if (!text.isEmpty() && text.length() <= MAX_IDENTITY_CHARS) {
                    identity.put(path, text);
                }
            }
        }
        json.skipChildren();
    }
}
