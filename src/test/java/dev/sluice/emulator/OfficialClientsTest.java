package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The official clients, with their own validation switched on, take every answer, streamed or not. */
final class OfficialClientsTest {

    private static final String MODEL = Preset.TINY.model();
    private static final Map<String, ?> SCHEMA = Map.of(
            "type", "object", "properties", Map.of("path", Map.of("type", "string")), "required", List.of("path"));

    private final EmulatorServer server;
    private final OpenAIClient openAi;
    private final AnthropicClient anthropic;

    OfficialClientsTest() throws IOException {
        server = EmulatorServer.start(new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, 100, 1));
        openAi = OpenAIOkHttpClient.builder()
                .baseUrl(server.uri() + "/v1")
                .apiKey("none")
                .responseValidation(true)
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(server.uri().toString())
                .apiKey("none")
                .responseValidation(true)
                .build();
    }

    @AfterEach
    void stop() {
        openAi.close();
        anthropic.close();
        server.close();
    }

    @Test
    void chat() {
        ChatCompletion answer = openAi.chat().completions().create(chatParams().build());

        assertThat(answer.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(answer.choices().get(0).message().content().orElseThrow()).isNotEmpty();
        assertThat(answer.usage()
                        .orElseThrow()
                        .promptTokensDetails()
                        .orElseThrow()
                        .cachedTokens())
                .hasValue(0L);
    }

    @Test
    void chatStreamedSaysTheSame() {
        ChatCompletion whole = openAi.chat().completions().create(chatParams().build());
        ChatCompletion streamed = streamed(chatParams());

        assertThat(streamed.choices().get(0).message().content())
                .isEqualTo(whole.choices().get(0).message().content());
        assertThat(streamed.usage().orElseThrow().completionTokens())
                .isEqualTo(whole.usage().orElseThrow().completionTokens());
    }

    @Test
    void chatCallsTools() {
        for (ChatCompletion answer : List.of(
                openAi.chat().completions().create(withTools(chatParams()).build()),
                streamed(withTools(chatParams())))) {
            ChatCompletion.Choice choice = answer.choices().get(0);
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            var call = choice.message().toolCalls().orElseThrow().get(0).asFunction();
            assertThat(call.function().name()).isEqualTo("read");
            assertThat(call.function().arguments()).startsWith("{\"path\":\"");
        }
    }

    @Test
    void completions() {
        CompletionCreateParams params = CompletionCreateParams.builder()
                .model(MODEL)
                .prompt("once upon")
                .maxTokens(20)
                .build();
        Completion whole = openAi.completions().create(params);
        assertThat(whole.usage().orElseThrow().completionTokens()).isEqualTo(20);

        StringBuilder text = new StringBuilder();
        // The client's strict check wants a finish_reason in every chunk; engines send it in the last one.
        RequestOptions lenient =
                RequestOptions.builder().responseValidation(false).build();
        try (var stream = openAi.completions().createStreaming(params, lenient)) {
            stream.stream().forEach(chunk -> text.append(chunk.choices().get(0).text()));
        }
        assertThat(text).hasToString(whole.choices().get(0).text());
    }

    @Test
    void responses() {
        Response whole = openAi.responses().create(responseParams().build());
        Response streamed = streamed(responseParams());

        for (Response answer : List.of(whole, streamed)) {
            String text = answer.output()
                    .get(0)
                    .asMessage()
                    .content()
                    .get(0)
                    .asOutputText()
                    .text();
            assertThat(text).isNotEmpty();
            assertThat(answer.usage().orElseThrow().outputTokens())
                    .isEqualTo(whole.usage().orElseThrow().outputTokens());
        }
    }

    @Test
    void responsesCallTools() {
        for (Response answer : List.of(
                openAi.responses().create(withTools(responseParams()).build()),
                streamed(withTools(responseParams())))) {
            var call = answer.output().get(answer.output().size() - 1).asFunctionCall();
            assertThat(call.name()).isEqualTo("read");
            assertThat(call.arguments()).startsWith("{\"path\":\"");
        }
    }

    @Test
    void messages() {
        Message whole = anthropic.messages().create(messageParams().build());
        Message streamed = streamed(messageParams());

        for (Message answer : List.of(whole, streamed)) {
            assertThat(answer.stopReason()).hasValue(StopReason.END_TURN);
            assertThat(answer.content().get(0).asText().text()).isNotEmpty();
            assertThat(answer.usage().outputTokens()).isEqualTo(whole.usage().outputTokens());
            assertThat(answer.usage().cacheReadInputTokens()).isPresent();
        }
    }

    @Test
    void messagesCallTools() {
        for (Message answer : List.of(
                anthropic.messages().create(withTools(messageParams()).build()),
                streamed(withTools(messageParams())))) {
            assertThat(answer.stopReason()).hasValue(StopReason.TOOL_USE);
            var call = answer.content().get(answer.content().size() - 1).asToolUse();
            assertThat(call.name()).isEqualTo("read");
            assertThat(call._input().toString()).contains("path");
        }
    }

    @Test
    void errorsAreTheClientsOwn() {
        ChatCompletionCreateParams params = chatParams().model("no-such-model").build();
        assertThatThrownBy(() -> openAi.chat().completions().create(params)).isInstanceOf(NotFoundException.class);
        MessageCreateParams messages = messageParams().model("no-such-model").build();
        assertThatThrownBy(() -> anthropic.messages().create(messages))
                .isInstanceOf(com.anthropic.errors.NotFoundException.class);
    }

    private static ChatCompletionCreateParams.Builder chatParams() {
        return ChatCompletionCreateParams.builder().model(MODEL).addUserMessage("hello");
    }

    private static ChatCompletionCreateParams.Builder withTools(ChatCompletionCreateParams.Builder params) {
        Map<String, ?> function = Map.of("name", "read", "parameters", SCHEMA);
        return params.putAdditionalBodyProperty(
                        "tools", JsonValue.from(List.of(Map.of("type", "function", "function", function))))
                .putAdditionalBodyProperty("tool_choice", JsonValue.from("required"));
    }

    private ChatCompletion streamed(ChatCompletionCreateParams.Builder params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        params.streamOptions(
                ChatCompletionStreamOptions.builder().includeUsage(true).build());
        try (com.openai.core.http.StreamResponse<ChatCompletionChunk> stream =
                openAi.chat().completions().createStreaming(params.build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static ResponseCreateParams.Builder responseParams() {
        return ResponseCreateParams.builder().model(MODEL).input("hello");
    }

    private static ResponseCreateParams.Builder withTools(ResponseCreateParams.Builder params) {
        Map<String, ?> tool = Map.of("type", "function", "name", "read", "parameters", SCHEMA, "strict", false);
        return params.putAdditionalBodyProperty("tools", JsonValue.from(List.of(tool)))
                .putAdditionalBodyProperty("tool_choice", JsonValue.from("required"));
    }

    private Response streamed(ResponseCreateParams.Builder params) {
        ResponseAccumulator accumulator = ResponseAccumulator.create();
        try (com.openai.core.http.StreamResponse<ResponseStreamEvent> stream =
                openAi.responses().createStreaming(params.build())) {
            stream.stream().forEach(event -> accumulator.accumulate(event.validate()));
        }
        return accumulator.response();
    }

    private static MessageCreateParams.Builder messageParams() {
        return MessageCreateParams.builder().model(MODEL).maxTokens(1000).addUserMessage("hello");
    }

    private static MessageCreateParams.Builder withTools(MessageCreateParams.Builder params) {
        return params.putAdditionalBodyProperty(
                        "tools",
                        com.anthropic.core.JsonValue.from(List.of(Map.of("name", "read", "input_schema", SCHEMA))))
                .putAdditionalBodyProperty("tool_choice", com.anthropic.core.JsonValue.from(Map.of("type", "any")));
    }

    private Message streamed(MessageCreateParams.Builder params) {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = anthropic.messages().createStreaming(params.build())) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }
}
