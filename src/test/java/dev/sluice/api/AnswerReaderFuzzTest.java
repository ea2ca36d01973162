package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that were mixed, cut and damaged by a seeded chance. */
final class AnswerReaderFuzzTest {

    /** {@code -Dfuzz.rounds=N} asks for more. */
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 300);

    /** Of streams that are fed byte by byte, too. */
    private static final int BYTEWISE_ROUNDS = ROUNDS / 10;

    private static final List<String> SAMPLES = List.of(
            "chat.sse", "chat-tools.sse", "responses.sse", "messages.sse", "chat.json", "responses.json", "error.json");

    private static final List<String> PIECES = List.of(
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            ":",
            ": x\n",
            "data:",
            "data: {",
            "}",
            "[",
            "\"usage\":",
            "\"error\":",
            "\0",
            "event: error\n",
            "\uFEFF",
            "\"choices\":[]",
            "data: [DONE]\n\n",
            "{\"a\":",
            "1e999",
            "\\u",
            "\"");

    private static final List<String> SOUND_EVENTS = List.of(
            "data: {\"choices\":[{\"delta\":{\"content\":\"世界\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\r\r",
            ": ping\n\n",
            ":\n",
            "\r\n",
            "event: x\nid: 1\ndata: {\r\ndata: }\r\n\r\n",
            "data: [DONE]\n\n");

    @ParameterizedTest
    @ValueSource(longs = {1, 20_261_123})
    void observingChangesNothingAndNeverThrows(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] stream = damaged(random);
            Route route = Route.values()[random.nextInt(Route.values().length)];
            String type = random.nextBoolean() ? "text/event-stream" : "application/json";
            AnswerReader reader = AnswerReader.of(route, type, false);
            assertThat(inRandomPieces(reader, stream, random))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(stream);
            assertThat(reader.usage()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 20_261_124})
    void theFilterGivesTheStreamLessItsUsageChunkWhereverThatStands(long seed) {
        Random random = new Random(seed);
        byte[] chunk = utf8("data: {\"choices\": [],\ndata:\"usage\":{\"prompt_tokens\":5}}\r\n\r\n");
        for (int round = 0; round < ROUNDS; round++) {
            byte[] before = soundEvents(random);
            byte[] behind = soundEvents(random);
            assertThat(inRandomPieces(filter(), concat(before, chunk, behind), random))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(concat(before, new byte[0], behind));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 20_261_126})
    void theFilterDecidesAlikeHoweverADamagedStreamIsCut(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < BYTEWISE_ROUNDS; round++) {
            byte[] stream = damaged(random);
            assertThat(inRandomPieces(filter(), stream, random))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(Feed.inPieces(filter(), stream, stream.length))
                    .isEqualTo(Feed.inPieces(filter(), stream, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 20_261_125})
    void aStreamWithoutUsageChunkPassesTheFilterUnchanged(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] stream = new byte[random.nextInt(400)];
            for (int i = 0; i < stream.length; i++) {
                stream[i] = (byte) "\n\r:dat {}[]\"e,\0\u00ff".charAt(random.nextInt(16));
            }
            assertThat(inRandomPieces(filter(), stream, random))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(stream);
        }
    }

    private static AnswerReader filter() {
        return AnswerReader.of(Route.COMPLETIONS, "text/event-stream", true);
    }

    private static byte[] inRandomPieces(AnswerReader reader, byte[] stream, Random random) {
        Feed feed = new Feed(reader);
        for (int from = 0; from < stream.length; ) {
            int length = Math.min(stream.length - from, random.nextInt(1 + random.nextInt(300)));
            feed.give(stream, from, length);
            from += length;
        }
        return feed.end();
    }

    private static byte[] damaged(Random random) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(Feed.sample(SAMPLES.get(random.nextInt(SAMPLES.size()))));
        byte[] bytes = stream.toByteArray();
        for (int wounds = random.nextInt(4); wounds > 0; wounds--) {
            int at = random.nextInt(bytes.length);
            byte[] piece = utf8(PIECES.get(random.nextInt(PIECES.size())));
            int resume = Math.min(bytes.length, at + random.nextInt(40));
            bytes = switch (random.nextInt(3)) {
                case 0 -> concat(slice(bytes, 0, at), piece, slice(bytes, at, bytes.length));
                case 1 -> concat(slice(bytes, 0, at), piece, slice(bytes, resume, bytes.length));
                default -> concat(slice(bytes, 0, at + 1), new byte[] {(byte) random.nextInt(256)}, piece);
            };
        }
        return bytes;
    }

    private static byte[] soundEvents(Random random) {
        StringBuilder events = new StringBuilder();
        for (int left = random.nextInt(6); left > 0; left--) {
            events.append(SOUND_EVENTS.get(random.nextInt(SOUND_EVENTS.size())));
        }
        return utf8(events.toString());
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static byte[] concat(byte[] first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
