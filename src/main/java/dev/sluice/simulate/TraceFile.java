package dev.sluice.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.emulator.Preset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Scripts from recorded traffic: numbers only, no text. Plain or gzipped; the format is told by the first record.
 *
 * <ul>
 *   <li>Sessions of block ids (kv-cache-tester): one JSON object a line with {@code block} and {@code requests}, in each
 *       {@code in} and {@code out} tokens, {@code h} runs {@code [start, count]} of the prompt's block ids, {@code think}
 *       seconds to the next request; {@code type: subagent} nests a sub-agent's.
 *   <li>Sessions of characters (lmcache-agent-trace): {@code in_chars}, {@code out_chars}, and the longest prefix in common
 *       with an earlier request. Four characters count as a token; of the time between two requests, sixty tokens a second
 *       of answer are taken for the engine's.
 *   <li>Requests of block ids (Mooncake): {@code timestamp} in ms, {@code input_length}, {@code output_length}, {@code h}
 *       runs of 512-token blocks.
 *   <li>Requests without content (Azure): CSV of {@code TIMESTAMP,ContextTokens,GeneratedTokens}.
 * </ul>
 *
 * Sessions begin all at once, single requests when they came. What does not fit the engine's context is left out.
 */
public final class TraceFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SCRIPTS = 100_000;
    private static final int MOONCAKE_BLOCK_TOKENS = 512;
    private static final int CHARS_PER_TOKEN = 4;
    private static final double RECORDED_TOKENS_PER_SECOND = 60;
    private static final DateTimeFormatter AZURE_TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    private final int longestTokens;
    private final List<AgentScript> scripts = new ArrayList<>();
    private long owners;

    private TraceFile(Preset engine) {
        this.longestTokens = engine.maxModelTokens();
    }

    /**
     * Reads the first scripts of a file.
     *
     * @param most how many at most
     * @throws IOException if the file cannot be read, or a line of it: the message names the line and what was expected
     */
    public static List<AgentScript> read(Path file, Preset engine, int most) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("trace: " + file + " (expected: a file that can be read)");
        }
        TraceFile trace = new TraceFile(engine);
        try (BufferedReader lines = open(file)) {
            int number = 0;
            LocalDateTime first = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (trace.scripts.size() >= Math.min(most, MOST_SCRIPTS)) {
                    break;
                }
                try {
                    if (line.startsWith("{")) {
                        trace.readRecord(JSON.readTree(line), number);
                    } else if (!line.startsWith("TIMESTAMP,") && !line.isBlank()) {
                        String[] fields = line.split(",", -1);
                        LocalDateTime at = LocalDateTime.parse(fields[0], AZURE_TIME);
                        first = first == null ? at : first;
                        trace.readRequest(fields, first.until(at, ChronoUnit.NANOS), number);
                    }
                } catch (IOException
                        | IllegalArgumentException
                        | DateTimeParseException
                        | IndexOutOfBoundsException e) {
                    throw new IOException(
                            file + ", line " + number + ": " + firstLine(e)
                                    + " (expected: a record of a known trace format)",
                            e);
                }
            }
        }
        if (trace.scripts.isEmpty()) {
            throw new IOException(file + ": no record that fits the engine (expected: a trace of a known format)");
        }
        return trace.scripts;
    }

    private static String firstLine(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.lines().findFirst().orElse("");
    }

    private static BufferedReader open(Path file) throws IOException {
        PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), 2);
        byte[] magic = in.readNBytes(2);
        in.unread(magic);
        boolean zipped = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
        InputStream plain = zipped ? new GZIPInputStream(in) : in;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    private void readRecord(JsonNode record, int number) {
        if (record.has("block")) {
            add(session(record, "session-" + number, record.get("block").asInt(), 0));
        } else if (record.path("requests").isArray()) {
            add(characters(record.get("requests"), "session-" + number));
        } else if (record.has("input_length")) {
            Blocks ids = Blocks.of(record.path("h"), MOONCAKE_BLOCK_TOKENS);
            add(single(
                    number,
                    record.path("timestamp").asLong() * 1_000_000,
                    record.get("input_length").asInt(),
                    record.path("output_length").asInt(),
                    new Recorded(ids, null, ++owners)));
        } else {
            throw new IllegalArgumentException("fields: " + String.join(", ", (Iterable<String>) record::fieldNames));
        }
    }

    private void readRequest(String[] fields, long atNanos, int number) {
        add(single(
                number,
                atNanos,
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Content.own(++owners, null, 0)));
    }

    private void add(@Nullable AgentScript script) {
        if (script != null) {
            scripts.add(script);
        }
    }

    private @Nullable AgentScript single(int number, long atNanos, int prompt, int output, Content content) {
        List<AgentScript.StepScript> steps = new ArrayList<>();
        addStep(steps, prompt, output, 0, content, List.of());
        return steps.isEmpty()
                ? null
                : new AgentScript("request-" + number, "default", AgentScript.Kind.AGENT, atNanos, 0, steps);
    }

    private void addStep(
            List<AgentScript.StepScript> steps,
            int prompt,
            int output,
            double pauseSeconds,
            Content content,
            List<AgentScript> children) {
        int promptTokens = Math.max(1, prompt);
        int outputTokens = Math.max(1, output);
        if (promptTokens + outputTokens <= longestTokens) {
            long pauseNanos = (long) (Math.max(0, pauseSeconds) * 1e9);
            steps.add(new AgentScript.StepScript(promptTokens, outputTokens, pauseNanos, content, children));
        }
    }

    private @Nullable AgentScript session(JsonNode session, String name, int blockTokens, long startNanos) {
        List<JsonNode> own = new ArrayList<>();
        List<List<AgentScript>> children = new ArrayList<>();
        for (JsonNode request : session.path("requests")) {
            if (!request.path("type").asText("").equals("subagent")) {
                own.add(request);
                children.add(new ArrayList<>());
            } else if (!own.isEmpty()) {
                List<AgentScript> siblings = children.get(own.size() - 1);
                AgentScript child = session(request, name + "." + own.size() + "." + siblings.size(), blockTokens, 0);
                if (child != null) {
                    siblings.add(child);
                }
            }
        }
        List<AgentScript.StepScript> steps = new ArrayList<>();
        long owner = ++owners;
        for (int i = 0; i < own.size(); i++) {
            JsonNode request = own.get(i);
            Blocks ids = Blocks.of(request.path("h"), blockTokens);
            Blocks next = i + 1 < own.size() ? Blocks.of(own.get(i + 1).path("h"), blockTokens) : null;
            double think = i + 1 < own.size() ? own.get(i + 1).path("think").asDouble(0) : 0;
            addStep(
                    steps,
                    request.path("in").asInt(),
                    request.path("out").asInt(),
                    think,
                    new Recorded(ids, next, owner * 1_000 + i),
                    children.get(i));
        }
        return steps.isEmpty() ? null : new AgentScript(name, "default", AgentScript.Kind.AGENT, startNanos, 0, steps);
    }

    private @Nullable AgentScript characters(JsonNode requests, String name) {
        List<AgentScript.StepScript> steps = new ArrayList<>();
        List<Content> contents = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            JsonNode request = requests.get(i);
            int with = request.path("lcp_with").asInt(-1);
            Content beginning = with >= 0 && with < i ? contents.get(with) : null;
            int shared = request.path("lcp_chars").asInt() / CHARS_PER_TOKEN;
            Content content = Content.own(++owners, beginning, shared);
            contents.add(content);
            int output = request.path("out_chars").asInt() / CHARS_PER_TOKEN;
            double apart = i + 1 < requests.size()
                    ? requests.get(i + 1).path("t").asDouble()
                            - request.path("t").asDouble()
                    : 0;
            addStep(
                    steps,
                    request.path("in_chars").asInt() / CHARS_PER_TOKEN,
                    output,
                    apart - output / RECORDED_TOKENS_PER_SECOND,
                    content,
                    List.of());
        }
        return steps.isEmpty() ? null : new AgentScript(name, "default", AgentScript.Kind.AGENT, 0, 0, steps);
    }

    /** Ids of consecutive blocks, run-length coded. */
    private static final class Blocks {

        final int blockTokens;
        private final int[] starts;
        private final int[] counts;

        private Blocks(int blockTokens, int[] starts, int[] counts) {
            this.blockTokens = blockTokens;
            this.starts = starts;
            this.counts = counts;
        }

        static Blocks of(JsonNode runs, int blockTokens) {
            if (blockTokens < Preset.BLOCK_TOKENS || blockTokens % Preset.BLOCK_TOKENS != 0) {
                throw new IllegalArgumentException(
                        "block: " + blockTokens + " (expected: a multiple of " + Preset.BLOCK_TOKENS + ")");
            }
            int[] starts = new int[runs.size()];
            int[] counts = new int[runs.size()];
            for (int run = 0; run < runs.size(); run++) {
                starts[run] = runs.get(run).path(0).asInt();
                counts[run] = runs.get(run).path(1).asInt();
            }
            return new Blocks(blockTokens, starts, counts);
        }

        /** The ids of all blocks, spread out. */
        int[] ids() {
            int all = 0;
            for (int count : counts) {
                all = Math.addExact(all, Math.max(0, count));
            }
            int[] ids = new int[all];
            int at = 0;
            for (int run = 0; run < starts.length; run++) {
                for (int i = 0; i < counts[run]; i++) {
                    ids[at++] = starts[run] + i;
                }
            }
            return ids;
        }
    }

    /** A recorded prompt and its answer, which the next prompt tells if it continues this one. */
    private record Recorded(Blocks prompt, @Nullable Blocks next, long owner) implements Content {

        @Override
        public long[] hashes(int blocks) {
            int[] ids = prompt.ids();
            int[] after = next == null ? new int[0] : next.ids();
            boolean continued = after.length >= ids.length;
            for (int i = 0; continued && i < ids.length; i++) {
                continued = ids[i] == after[i];
            }
            int perId = prompt.blockTokens / Preset.BLOCK_TOKENS;
            long[] hashes = new long[blocks];
            long chain = 0;
            for (int block = 0; block < blocks; block++) {
                int at = block / perId;
                long id;
                if (at < ids.length) {
                    id = ids[at];
                } else if (continued && at < after.length) {
                    id = after[at];
                } else {
                    id = -owner;
                }
                chain = Content.mix(chain * 31 + id * 0x9E3779B97F4A7C15L + block);
                hashes[block] = chain;
            }
            return hashes;
        }
    }
}
