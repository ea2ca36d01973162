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
import com.fasterxml.jackson.databind.ObjectMapper;
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
import dev.sluice.config.ConfigReader;
import dev.sluice.emulator.EmulatorServer;
import dev.sluice.emulator.Preset;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The official clients through Sluice to the embedded engine, over real sockets; and what is left when they are gone. */
final class EndToEndTest {

    private static final String MODEL = Preset.TINY.model();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final double QUICK = 100;
    private static final double SLOW = 0.2;
    private static final Map<String, ?> SCHEMA = Map.of(
            "type", "object", "properties", Map.of("path", Map.of("type", "string")), "required", List.of("path"));

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void chatSaysWhatTheEngineSaysStreamedOrNot() {
        EmulatorServer engine = engine(QUICK);
        Sidecar sidecar = sidecar(engine, Map.of());
        ChatCompletionCreateParams params = chat("hello").build();

        String direct = text(openAi(engine.uri(), "a").chat().completions().create(params));
        OpenAIClient through = openAi(base(sidecar), "a");
        ChatCompletion whole = through.chat().completions().create(params);
        ChatCompletion streamed = streamed(through, params);

        assertThat(text(whole)).isEqualTo(direct);
        assertThat(text(streamed)).isEqualTo(direct);
        assertThat(whole.usage().orElseThrow().completionTokens()).isPositive();
        // The client did not ask for usage: Sluice did, and kept it to itself.
        assertThat(streamed.usage()).isEmpty();
        JsonNode agent = restingState(sidecar).path("list").path(0);
        assertThat(agent.path("context").asLong())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
        assertThat(agent.path("steps").asInt()).isEqualTo(2);
        assertThat(agent.path("source").asText()).isEqualTo("header:x-session-id");
    }

    @Test
    void chatCallsTools() {
        EmulatorServer engine = engine(QUICK);
        Sidecar sidecar = sidecar(engine, Map.of());
        OpenAIClient client = openAi(base(sidecar), "a");
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
        restingState(sidecar);
    }

    @Test
    void completionsAndResponses() {
        EmulatorServer engine = engine(QUICK);
        Sidecar sidecar = sidecar(engine, Map.of());
        OpenAIClient client = openAi(base(sidecar), "a");

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
        assertThat(restingState(sidecar).path("list").path(0).path("steps").asInt())
                .isEqualTo(3);
    }

    @Test
    void messagesWithTools() {
        EmulatorServer engine = engine(QUICK);
        Sidecar sidecar = sidecar(engine, Map.of());
        AnthropicClient client = anthropic(base(sidecar));
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
        restingState(sidecar);
    }

    @Test
    void errorsOfTheEngineArriveAsTheyAre() {
        EmulatorServer engine = engine(QUICK);
        Sidecar sidecar = sidecar(engine, Map.of());

        ChatCompletionCreateParams params = chat("hello").model("no-such-model").build();
        assertThatThrownBy(() -> openAi(base(sidecar), "a").chat().completions().create(params))
                .isInstanceOf(NotFoundException.class);
        MessageCreateParams messages = message().model("no-such-model").build();
        assertThatThrownBy(() -> anthropic(base(sidecar)).messages().create(messages))
                .isInstanceOf(com.anthropic.errors.NotFoundException.class);
        restingState(sidecar);
    }

    @Test
    void aClientThatCancelsFreesTheEngineAndItsPermit() {
        EmulatorServer engine = engine(SLOW);
        Sidecar sidecar = sidecar(engine, Map.of());

        StreamResponse<ChatCompletionChunk> stream =
                openAi(base(sidecar), "a").chat().completions().createStreaming(endless("hello"));
        assertThat(stream.stream().findFirst()).isPresent();
        assertThat(engine.stats().running()).isEqualTo(1);
        stream.close();

        restingState(sidecar);
        await(sidecar, "the engine has dropped it", state -> engine.stats().running() == 0);
    }

    @Test
    void whoIsHeldGoesWhenThePlaceIsFreeAndWhoLeavesIsForgotten() throws Exception {
        EmulatorServer engine = engine(SLOW);
        Sidecar sidecar = sidecar(engine, Map.of("law.name", "static", "law.static.agents", 1));
        StreamResponse<ChatCompletionChunk> first =
                openAi(base(sidecar), "first").chat().completions().createStreaming(endless("hello"));
        assertThat(first.stream().findFirst()).isPresent();

        CompletableFuture<ChatCompletion> second = CompletableFuture.supplyAsync(() -> openAi(base(sidecar), "second")
                .chat()
                .completions()
                .create(chat("hello").maxCompletionTokens(2).build()));
        await(sidecar, "the second waits", state -> state.at("/queue/size").asInt() == 1);
        RequestOptions hasty =
                RequestOptions.builder().timeout(Duration.ofMillis(500)).build();
        assertThatThrownBy(() -> openAi(base(sidecar), "hasty")
                        .chat()
                        .completions()
                        .create(chat("hello").build(), hasty))
                .isInstanceOf(com.openai.errors.OpenAIIoException.class);
        await(
                sidecar,
                "the hasty one has left the queue",
                state -> state.at("/queue/size").asInt() == 1);
        first.close();
        second.get(150, TimeUnit.SECONDS);
        restingState(sidecar);
    }

    @Test
    void aFullQueueIsRefusedInTheClientsOwnTerms() {
        EmulatorServer engine = engine(SLOW);
        Sidecar sidecar = sidecar(engine, Map.of("law.name", "static", "law.static.agents", 1, "queue.maxSteps", 1));
        StreamResponse<ChatCompletionChunk> first =
                openAi(base(sidecar), "first").chat().completions().createStreaming(endless("hello"));
        assertThat(first.stream().findFirst()).isPresent();
        OpenAIClient second = openAi(base(sidecar), "second");
        CompletableFuture<Void> held = CompletableFuture.runAsync(() -> second.chat()
                .completions()
                .create(chat("hello").maxCompletionTokens(2).build()));
        await(sidecar, "the second waits", state -> state.at("/queue/size").asInt() == 1);

        assertThatThrownBy(() -> openAi(base(sidecar), "third")
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
                        anthropic(base(sidecar)).messages().create(message().build()))
                .isInstanceOf(com.anthropic.errors.RateLimitException.class);

        second.close();
        first.close();
        assertThat(held.handle((done, failure) -> true)
                        .orTimeout(150, TimeUnit.SECONDS)
                        .join())
                .isTrue();
    }

    @Test
    void anEngineKilledInTheMidstOfAnAnswerIsSeenAndLeavesNothingBehind() {
        EmulatorServer engine = engine(SLOW);
        Sidecar sidecar = sidecar(engine, Map.of());
        OpenAIClient client = openAi(base(sidecar), "a");
        StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(endless("hello"));
        Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
        assertThat(chunks.hasNext()).isTrue();

        engine.close();

        assertThatThrownBy(() -> chunks.forEachRemaining(chunk -> {})).isInstanceOf(RuntimeException.class);
        stream.close();
        restingState(sidecar);
        assertThatThrownBy(
                        () -> client.chat().completions().create(chat("hello").build()))
                .isInstanceOfSatisfying(InternalServerException.class, refusal -> {
                    assertThat(refusal.statusCode()).isEqualTo(503);
                    assertThat(refusal.code()).hasValue("engine_down");
                });
        restingState(sidecar);
    }

    /** Waits until nothing runs and nothing waits, by the proxy's count and by the gate's. */
    private static JsonNode restingState(Sidecar sidecar) {
        return await(
                sidecar,
                "everything is at rest",
                state -> state.path("permits").asInt(-1) == 0
                        && state.path("inFlight").asInt(-1) == 0
                        && state.at("/agents/running").asInt(-1) == 0
                        && state.at("/agents/waiting").asInt(-1) == 0
                        && state.at("/queue/size").asInt(-1) == 0
                        && state.at("/queue/bytes").asLong(-1) == 0);
    }

    private static JsonNode await(Sidecar sidecar, String what, Predicate<JsonNode> condition) {
        long startNanos = System.nanoTime();
        JsonNode state = state(sidecar);
        while (!condition.test(state)) {
            assertThat(System.nanoTime() - startNanos).as(what + ": " + state).isLessThan(DEADLINE.toNanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            state = state(sidecar);
        }
        return state;
    }

    private static JsonNode state(Sidecar sidecar) {
        try (InputStream in = URI.create("http://" + sidecar.adminAddress() + "/state")
                .toURL()
                .openStream()) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private EmulatorServer engine(double speed) {
        try {
            return closedLater(EmulatorServer.start(new EmulatorServer.Options("127.0.0.1", 0, Preset.TINY, speed, 1)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Sidecar sidecar(EmulatorServer engine, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("upstream.url", engine.uri().toString());
        all.put("listen", "127.0.0.1:0");
        all.put("admin.listen", "127.0.0.1:0");
        ConfigReader.Result result = ConfigReader.read("", all);
        assertThat(result.problems()).isEmpty();
        try {
            return closedLater(Sidecar.start(result.config()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static URI base(Sidecar sidecar) {
        return URI.create("http://127.0.0.1:" + sidecar.listen().getPort());
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

    private <T extends AutoCloseable> T closedLater(T resource) {
        opened.add(resource);
        return resource;
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
