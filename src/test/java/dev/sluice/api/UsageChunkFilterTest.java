package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageChunkFilterTest {

    private static final String USAGE_CHUNK =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    private static final String CHUNK = "data: {\"choices\":[{\"delta\":{\"content\":\"é€\"}}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void takesOutTheUsageChunkAndNothingElseHoweverTheStreamIsCut(String lineEnd) {
        String before = ": ping\n\n" + CHUNK + ":\n\n\n\n" + CHUNK + ": close\n";
        String behind = ":behind\n" + DONE + "data: unfinished";
        byte[] whole = bytes((before + USAGE_CHUNK + behind).replace("\n", lineEnd));
        byte[] expected = bytes((before + behind).replace("\n", lineEnd));
        for (int cut = 0; cut <= whole.length; cut++) {
            AnswerReader reader = filter();
            assertThat(Feed.cutAt(reader, whole, cut)).as("cut at %d", cut).isEqualTo(expected);
            assertThat(reader.usage()).isEqualTo(new Usage(7, Usage.UNKNOWN, 2, Finish.UNKNOWN));
        }
        for (int pieceBytes = 1; pieceBytes < 100; pieceBytes++) {
            assertThat(Feed.inPieces(filter(), whole, pieceBytes)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat.sse", "chat-tools.sse", "completions.sse"})
    void leavesTheSamplesAsTheyAreWithoutUsage(String sample) {
        String whole = new String(Feed.sample(sample), StandardCharsets.UTF_8);
        int from = whole.indexOf("data: ", whole.indexOf("\"choices\":[],") - 100);
        int to = whole.indexOf(DONE);
        byte[] expected = bytes(whole.substring(0, from) + whole.substring(to));
        assertThat(whole.substring(from, to)).contains("\"choices\":[]").containsOnlyOnce("\n\n");
        for (int pieceBytes = 1; pieceBytes < 200; pieceBytes++) {
            assertThat(Feed.inPieces(filter(), bytes(whole), pieceBytes)).isEqualTo(expected);
        }
    }

    @Test
    void whatLooksLikeTheUsageChunkButIsNotStays() {
        for (String event : List.of(
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7}}\n\n",
                "data: {\"choices\":[],\"usage\":null}\n\n",
                "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n",
                "data: {\"error\":{\"choices\":[],\"usage\":{}}}\n\n",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7}\n\n",
                "id: {\"choices\":[],\"usage\":{\"prompt_tokens\":7}}\n\n")) {
            byte[] whole = bytes(CHUNK + event + DONE);
            assertThat(Feed.inPieces(filter(), whole, 9)).isEqualTo(whole);
        }
    }

    @Test
    void anEngineThatTellsUsageToEveryoneIsLeftAlone() {
        byte[] whole = Feed.sample("chat-continuous.sse");
        assertThat(Feed.inPieces(filter(), whole, 50)).isEqualTo(whole);
    }

    @Test
    void anEventWaitsForItsBlankLineAndNoLonger() {
        Feed feed = new Feed(filter());
        give(feed, ": comments do");
        assertThat(text(feed)).isEqualTo(": comments do");
        give(feed, " not wait\ndata: {");
        assertThat(text(feed)).isEqualTo(": comments do not wait\n");
        give(feed, "}\n");
        assertThat(text(feed)).isEqualTo(": comments do not wait\n");
        give(feed, "\n");
        assertThat(text(feed)).isEqualTo(": comments do not wait\ndata: {}\n\n");
        feed.end();
    }

    @Test
    void anEndlessEventEndsTheFiltering() {
        Feed feed = new Feed(filter());
        String half = "data: " + "x".repeat(EventScanner.MAX_EVENT_BYTES / 2);
        give(feed, half);
        assertThat(feed.passed()).isEmpty();
        give(feed, half);
        assertThat(feed.passed()).hasSize(2 * half.length());
        give(feed, "\n\n" + USAGE_CHUNK);
        assertThat(text(feed)).isEqualTo(half + half + "\n\n" + USAGE_CHUNK);
        feed.end();
    }

    @Test
    void aStreamBrokenOffLeavesNothingBehind() {
        Feed feed = new Feed(filter());
        give(feed, CHUNK + "data: {\"choi");
        feed.breakOff();
        assertThat(text(feed)).isEqualTo(CHUNK);
    }

    private static AnswerReader filter() {
        return AnswerReader.of(Route.CHAT_COMPLETIONS, " Text/Event-Stream", true);
    }

    private static void give(Feed feed, String text) {
        byte[] bytes = bytes(text);
        feed.give(bytes, 0, bytes.length);
    }

    private static String text(Feed feed) {
        return new String(feed.passed(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
