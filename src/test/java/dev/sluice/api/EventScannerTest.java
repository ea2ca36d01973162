package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventScannerTest {

    private static final Path WEB_PLATFORM_TESTS = Path.of("../shared/desync-corpora/sse-wpt.json");

    @Test
    void dispatchesWhatTheWebPlatformTestsExpect() throws IOException {
        assumeThat(WEB_PLATFORM_TESTS)
                .as("streams of web-platform-tests, kept beside the checkout")
                .exists();
        JsonNode cases = new ObjectMapper().readTree(Files.readAllBytes(WEB_PLATFORM_TESTS));
        assertThat(cases).isNotEmpty();
        for (JsonNode one : cases) {
            byte[] stream = one.get("stream").asText().getBytes(StandardCharsets.ISO_8859_1);
            List<String> expected = new ArrayList<>();
            one.get("events").forEach(event -> expected.add(event.asText()));
            requireEventsHoweverCut(one.get("id").asText(), stream, expected);
        }
    }

    @Test
    void everyLineEndEndsALine() {
        requireEventsHoweverCut("LF", ascii("data: a\ndata: b\n\ndata: c\n\n"), List.of("a\nb", "c"));
        requireEventsHoweverCut("CR", ascii("data: a\rdata: b\r\rdata: c\r\r"), List.of("a\nb", "c"));
        requireEventsHoweverCut("CRLF", ascii("data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n"), List.of("a\nb", "c"));
        requireEventsHoweverCut("mixed", ascii("data: a\r\ndata: b\n\r\ndata: c\r\n\r\r\n\n"), List.of("a\nb", "c"));
    }

    @Test
    void onlyDataMakesAnEvent() {
        requireEventsHoweverCut(
                "fields", ascii(":x\n\nid: 1\n\nevent: a\n\ndatas: 1\n\n data: 1\n\nDATA:1\n\ndata\n\n"), List.of(""));
    }

    @Test
    void oneBlankBehindTheColonIsNoData() {
        requireEventsHoweverCut(
                "blanks", ascii("data:a\n\ndata: a\n\ndata:  a \n\ndata:a:b\n\n"), List.of("a", "a", " a ", "a:b"));
    }

    @Test
    void theTypeHoldsForOneEvent() {
        List<String> types = new ArrayList<>();
        EventScanner scanner = new EventScanner();
        ByteBuf in =
                Unpooled.wrappedBuffer(ascii("event: x\nevent: error\ndata: 1\n\ndata: 2\n\nevent: y\n\ndata: 3\n\n"));
        for (int i = 0; i < in.writerIndex(); ) {
            i = scanner.readLine(in, i, in.writerIndex());
            if (scanner.hasEvent()) {
                types.add(scanner.type());
            }
        }
        assertThat(types).containsExactly("error", "", "");
    }

    @Test
    void anEventTooLargeIsNotReadAndTheNextOneIs() {
        String large = "x".repeat(EventScanner.MAX_EVENT_BYTES);
        byte[] oneLine = ascii("data: " + large + "\n\ndata: 1\n\n");
        byte[] manyLines = ascii(("data: " + "y".repeat(1000) + "\n").repeat(1100) + "\n:\ndata: 1\n\n");
        byte[] comment = ascii(":" + large + "\ndata: 1\n\n");
        for (int pieceBytes : new int[] {1000, 65_536, oneLine.length}) {
            assertThat(events(oneLine, pieceBytes)).containsExactly("1");
            assertThat(events(manyLines, pieceBytes)).containsExactly("1");
            assertThat(events(comment, pieceBytes)).containsExactly("1");
        }
    }

    private static void requireEventsHoweverCut(String name, byte[] stream, List<String> expected) {
        for (int pieceBytes = 1; pieceBytes <= Math.min(stream.length, 64); pieceBytes++) {
            assertThat(events(stream, pieceBytes))
                    .as("%s in pieces of %d", name, pieceBytes)
                    .isEqualTo(expected);
        }
        int step = Math.max(1, stream.length / 500);
        for (int cut = 0; cut <= stream.length; cut += step) {
            EventScanner scanner = new EventScanner();
            List<String> found = new ArrayList<>();
            scan(scanner, Unpooled.wrappedBuffer(stream, 0, cut), found);
            scan(scanner, Unpooled.wrappedBuffer(stream, cut, stream.length - cut), found);
            assertThat(found).as("%s cut at %d", name, cut).isEqualTo(expected);
        }
    }

    private static List<String> events(byte[] stream, int pieceBytes) {
        EventScanner scanner = new EventScanner();
        List<String> found = new ArrayList<>();
        for (int from = 0; from < stream.length; from += pieceBytes) {
            scan(scanner, Unpooled.wrappedBuffer(stream, from, Math.min(pieceBytes, stream.length - from)), found);
        }
        return found;
    }

    private static void scan(EventScanner scanner, ByteBuf in, List<String> found) {
        for (int i = in.readerIndex(); i < in.writerIndex(); ) {
            i = scanner.readLine(in, i, in.writerIndex());
            if (scanner.hasEvent()) {
                found.add(new String(scanner.data(), 0, scanner.length(), StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
