package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import dev.sluice.emulator.Preset;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The official clients through Sluice to the embedded engine, over real sockets; and what is left when they are gone. */
final class EndToEndTest {

    private static final String MODEL = Preset.TINY.model();
    private static final double QUICK = 100;
    private static final double SLOW = 0.2;
    private static final Map<String, ?> SCHEMA = Map.of(
            "type", "object", "properties", Map.of("path", Map.of("type", "string")), "required", List.of("path"));

    private final List<AutoCloseable> opened = new ArrayList<>();

    private RunningSluice start(double engineSpeed, Map<String, ?> settings) {
        RunningSluice started = new RunningSluice(engineSpeed, settings);
        opened.add(started);
        return started;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void thePoolIsKnownBeforeTheFirstClientIsTaken() throws Exception {
        try (RunningSluice sluice = new RunningSluice(1, Map.of())) {
            HttpRequest first =
                    HttpRequest.newBuilder(sluice.base().resolve("/v1/models")).build();
            assertThat(HttpClient.newHttpClient()
                            .send(first, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(sluice.state().at("/pool/tokens").asLong()).isEqualTo(Preset.TINY.poolTokens());
        }
    }

    @Test
    void chatSaysWhatTheEngineSaysStreamedOrNot() {
        RunningSluice sluice = start(QUICK, Map.of());
        ChatCompletionCreateParams params = chat("hello").build();

        String direct =
                text(openAi(sluice.engine().uri(), "a").chat().completions().create(params));
        OpenAIClient through = openAi(sluice.base(), "a");
        ChatCompletion whole = through.chat().completions().create(params);
        ChatCompletion streamed = streamed(through, params);

        assertThat(text(whole)).isEqualTo(direct);
        assertThat(text(streamed)).isEqualTo(direct);
        assertThat(whole.usage().orElseThrow().completionTokens()).isPositive();
        // The client did not ask for usage: Sluice did, and kept it to itself.
        assertThat(streamed.usage()).isEmpty();
        JsonNode agent = sluice.awaitRest().path("list").path(0);
        assertThat(agent.path("context").asLong())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
        assertThat(agent.path("steps").asInt()).isEqualTo(2);
        assertThat(agent.path("source").asText()).isEqualTo("header:x-session-id");
    }

    @Test
    void chatCallsTools() {
        RunningSluice sluice = start(QUICK, Map.of());
        OpenAIClient client = openAi(sluice.base(), "a");
        ChatCompletionCreateParams params = chat("hello")
                .putAdditionalBodyProperty(
                        "tools",
                        JsonValue.from(List.of(
                                Map.of("type", "function", "function", Map.of("name", "read", "parameters", SCHEMA)))))
                .putAdditionalBodyProperty("tool_choice", JsonValue.from("required"))
                .build();

        for (ChatCompletion answer : List.of(client.chat().completions().create(params), streamed(client, params))) {
            ChatCompletion.Choice choice = answer.choices().get(0);
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
            var call = choice.message().toolCalls().orElseThrow().get(0).asFunction();
            assertThat(call.function().name()).isEqualTo("read");
            assertThat(call.function().arguments()).startsWith("{\"path\":\"");
        }
        sluice.awaitRest();
    }

    @Test
    void completionsAndResponses() {
        RunningSluice sluice = start(QUICK, Map.of());
        OpenAIClient client = openAi(sluice.base(), "a");

        CompletionCreateParams completion = CompletionCreateParams.builder()
                .model(MODEL)
                .prompt("once upon")
                .maxTokens(20)
                .build();
        assertThat(client.completions().create(completion).usage().orElseThrow().completionTokens())
                .isEqualTo(20);
        ResponseCreateParams params =
                ResponseCreateParams.builder().model(MODEL).input("hello").build();
        Response response = client.responses().create(params);
        assertThat(response.usage().orElseThrow().outputTokens()).isPositive();
        try (var stream = client.responses().createStreaming(params)) {
            Response last = stream.stream()
                    .flatMap(event -> event.completed().stream())
                    .findFirst()
                    .orElseThrow()
                    .response();
            assertThat(last.usage().orElseThrow().outputTokens())
                    .isEqualTo(response.usage().orElseThrow().outputTokens());
        }
        assertThat(sluice.awaitRest().path("list").path(0).path("steps").asInt())
                .isEqualTo(3);
    }

    @Test
    void messagesWithTools() {
        RunningSluice sluice = start(QUICK, Map.of());
        AnthropicClient client = anthropic(sluice.base());
        MessageCreateParams plain = message().build();
        MessageCreateParams tools = message()
                .putAdditionalBodyProperty(
                        "tools",
                        com.anthropic.core.JsonValue.from(List.of(Map.of("name", "read", "input_schema", SCHEMA))))
                .putAdditionalBodyProperty("tool_choice", com.anthropic.core.JsonValue.from(Map.of("type", "any")))
                .build();

        assertThat(client.messages().create(plain).stopReason()).hasValue(StopReason.END_TURN);
        assertThat(streamed(client, plain).usage().outputTokens())
                .isEqualTo(client.messages().create(plain).usage().outputTokens());
        assertThat(streamed(client, tools).stopReason()).hasValue(StopReason.TOOL_USE);
        sluice.awaitRest();
    }

    @Test
    void errorsOfTheEngineArriveAsTheyAre() {
        RunningSluice sluice = start(QUICK, Map.of());

        ChatCompletionCreateParams params = chat("hello").model("no-such-model").build();
        assertThatThrownBy(() -> openAi(sluice.base(), "a").chat().completions().create(params))
                .isInstanceOf(NotFoundException.class);
        MessageCreateParams messages = message().model("no-such-model").build();
        assertThatThrownBy(() -> anthropic(sluice.base()).messages().create(messages))
                .isInstanceOf(com.anthropic.errors.NotFoundException.class);
        sluice.awaitRest();
    }

    @Test
    void aClientThatCancelsFreesTheEngineAndItsPermit() {
        RunningSluice sluice = start(SLOW, Map.of());

        StreamResponse<ChatCompletionChunk> stream =
                openAi(sluice.base(), "a").chat().completions().createStreaming(endless("hello"));
        assertThat(stream.stream().findFirst()).isPresent();
        assertThat(sluice.engine().stats().running()).isEqualTo(1);
        stream.close();

        sluice.awaitRest();
        sluice.await(
                "the engine has dropped it", state -> sluice.engine().stats().running() == 0);
    }

    @Test
    void whoIsHeldGoesWhenThePlaceIsFreeAndWhoLeavesIsForgotten() throws Exception {
        RunningSluice sluice = start(SLOW, Map.of("law.name", "static", "law.static.agents", 1));
        StreamResponse<ChatCompletionChunk> first =
                openAi(sluice.base(), "first").chat().completions().createStreaming(endless("hello"));
        assertThat(first.stream().findFirst()).isPresent();

        CompletableFuture<ChatCompletion> second = CompletableFuture.supplyAsync(() -> openAi(sluice.base(), "second")
                .chat()
                .completions()
                .create(chat("hello").maxCompletionTokens(2).build()));
        sluice.await("the second waits", state -> state.at("/queue/size").asInt() == 1);
        RequestOptions hasty =
                RequestOptions.builder().timeout(Duration.ofMillis(500)).build();
        assertThatThrownBy(() -> openAi(sluice.base(), "hasty")
                        .chat()
                        .completions()
                        .create(chat("hello").build(), hasty))
                .isInstanceOf(com.openai.errors.OpenAIIoException.class);
        sluice.await(
                "the hasty one has left the queue",
                state -> state.at("/queue/size").asInt() == 1);
        first.close();
        second.get(150, TimeUnit.SECONDS);
        sluice.awaitRest();
    }

    @Test
    void aFullQueueIsRefusedInTheClientsOwnTerms() {
        RunningSluice sluice = start(SLOW, Map.of("law.name", "static", "law.static.agents", 1, "queue.maxSteps", 1));
        StreamResponse<ChatCompletionChunk> first =
                openAi(sluice.base(), "first").chat().completions().createStreaming(endless("hello"));
        assertThat(first.stream().findFirst()).isPresent();
        OpenAIClient second = openAi(sluice.base(), "second");
        CompletableFuture<Void> held = CompletableFuture.runAsync(() -> second.chat()
                .completions()
                .create(chat("hello").maxCompletionTokens(2).build()));
        sluice.await("the second waits", state -> state.at("/queue/size").asInt() == 1);

        assertThatThrownBy(() -> openAi(sluice.base(), "third")
                        .chat()
                        .completions()
                        .create(chat("hello").build()))
                .isInstanceOfSatisfying(RateLimitException.class, refusal -> {
                    assertThat(refusal.code()).hasValue("queue_full");
                    assertThat(Long.parseLong(
                                    refusal.headers().values("retry-after").get(0)))
                            .isBetween(1L, 60L);
                });
        assertThatThrownBy(() ->
                        anthropic(sluice.base()).messages().create(message().build()))
                .isInstanceOf(com.anthropic.errors.RateLimitException.class);

        second.close();
        first.close();
        assertThat(held.handle((done, failure) -> true)
                        .orTimeout(150, TimeUnit.SECONDS)
                        .join())
                .isTrue();
        sluice.awaitRest();
    }

    @Test
    void anEngineKilledInTheMidstOfAnAnswerIsSeenAndLeavesNothingBehind() {
        RunningSluice sluice = start(SLOW, Map.of());
        OpenAIClient client = openAi(sluice.base(), "a");
        StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(endless("hello"));
        Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
        assertThat(chunks.hasNext()).isTrue();

        sluice.engine().close();

        assertThatThrownBy(() -> chunks.forEachRemaining(chunk -> {})).isInstanceOf(RuntimeException.class);
        stream.close();
        sluice.awaitRest();
        assertThatThrownBy(
                        () -> client.chat().completions().create(chat("hello").build()))
                .isInstanceOfSatisfying(InternalServerException.class, refusal -> {
                    assertThat(refusal.statusCode()).isEqualTo(503);
                    assertThat(refusal.code()).hasValue("engine_down");
                });
        sluice.awaitRest();
    }

    private OpenAIClient openAi(URI base, String session) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(base + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .responseValidation(true)
                .putHeader("X-Session-Id", session)
                .build();
        opened.add(client::close);
        return client;
    }

    private AnthropicClient anthropic(URI base) {
        AnthropicClient client = AnthropicOkHttpClient.builder()
                .baseUrl(base.toString())
                .apiKey("none")
                .maxRetries(0)
                .responseValidation(true)
                .build();
        opened.add(client::close);
        return client;
    }

    private static ChatCompletionCreateParams.Builder chat(String text) {
        return ChatCompletionCreateParams.builder().model(MODEL).addUserMessage(text);
    }

    /** An answer that no test waits for. */
    private static ChatCompletionCreateParams endless(String text) {
        return chat(text)
                .maxCompletionTokens(10_000)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .build();
    }

    private static MessageCreateParams.Builder message() {
        return MessageCreateParams.builder().model(MODEL).maxTokens(1000).addUserMessage("hello");
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElseThrow();
    }

    private static ChatCompletion streamed(OpenAIClient client, ChatCompletionCreateParams params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static Message streamed(AnthropicClient client, MessageCreateParams params) {
        MessageAccumulator accumulator = MessageAccumulator.create();
        try (com.anthropic.core.http.StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.message();
    }
}
