package dev.sluice.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Ending;
import dev.sluice.admission.Finish;
import dev.sluice.admission.Usage;
import dev.sluice.control.BudgetChange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the decision log back. Events that it does not know are passed over: they are of a later version. */
public final class DecisionReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private DecisionReader() {}

    /**
     * Hands on every decision of a log, the oldest first: of its older files {@code FILE.N} to {@code FILE.1}, where they are
     * there, and then of the file itself. A file that ends in {@code .gz} is unpacked. {@link Decision#atNanos} counts from 1970.
     *
     * @throws IOException if a file cannot be read, or a line of it: the message names both and what was expected
     */
    public static void read(Path file, Consumer<Decision> each) throws IOException {
        for (Path part : parts(file)) {
            try (BufferedReader lines = open(part)) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    read(part, number, line, each);
                }
            }
        }
    }

    private static List<Path> parts(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("replay: " + file + " (expected: a decision log that can be read)");
        }
        List<Path> parts = new ArrayList<>(List.of(file));
        for (int age = 1; Files.isReadable(DecisionFile.older(file, age)); age++) {
            parts.add(0, DecisionFile.older(file, age));
        }
        return parts;
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    private static void read(Path file, int number, String line, Consumer<Decision> each) throws IOException {
        try {
            Decision decision = decision(JSON.readTree(line));
            if (decision != null) {
                each.accept(decision);
            }
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(
                    file + ", line " + number + ": not a decision (expected: a line of a decision log, see"
                            + " docs/decision-log.md)",
                    e);
        }
    }

    /** @return null if the event is not known */
    private static @Nullable Decision decision(JsonNode line) {
        Instant time = Instant.parse(line.path("at").asText());
        long at = Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        long step = line.path("step").asLong();
        String agent = line.path("agent").asText();
        String reason = line.path("reason").asText();
        return switch (line.path("event").asText()) {
            case "arrived" ->
                new Decision.Arrived(at, step, arrival(line), line.path("how").asText(""));
            case "held" -> new Decision.Held(at, step, agent, reason);
            case "forwarded" ->
                new Decision.Forwarded(
                        at,
                        step,
                        agent,
                        nanos(line, "waited"),
                        line.path("wouldHold").asBoolean());
            case "refused" -> new Decision.Refused(at, step, agent, ending(reason), nanos(line, "retryAfter"));
            case "first_token" -> new Decision.FirstToken(at, step, agent);
            case "ended" ->
                new Decision.Ended(at, step, agent, ending(line.path("ending").asText()), usage(line));
            case "paused" ->
                new Decision.Paused(at, agent, reason, line.path("tokens").asLong());
            case "resumed" -> new Decision.Resumed(at, agent);
            case "mode_switched" ->
                new Decision.ModeSwitched(at, line.path("mode").asText());
            case "budget_changed" -> new Decision.BudgetChanged(at, change(line));
            case "configured" -> new Decision.Configured(at, settings(line.path("settings")));
            default -> null;
        };
    }

    private static Arrival arrival(JsonNode line) {
        return new Arrival(
                line.path("agent").asText(),
                line.path("source").asText(),
                line.path("tenant").asText(),
                line.hasNonNull("parent") ? line.get("parent").asText() : null,
                line.path("anonymous").asBoolean(),
                line.path("started").asBoolean(),
                line.path("bytes").asLong(),
                line.path("maxOutput").asLong(-1),
                line.path("question").asBoolean(),
                line.path("streamed").asBoolean());
    }

    private static Usage usage(JsonNode line) {
        return new Usage(
                line.path("prompt").asLong(Usage.UNKNOWN),
                line.path("cached").asLong(Usage.UNKNOWN),
                line.path("completion").asLong(Usage.UNKNOWN),
                Finish.valueOf(line.path("finish").asText("unknown").toUpperCase(Locale.ROOT)));
    }

    private static BudgetChange change(JsonNode line) {
        return new BudgetChange(
                line.path("cause").asText(),
                line.path("from").asDouble(),
                line.path("to").asDouble(),
                line.path("unit").asText());
    }

    private static Map<String, String> settings(JsonNode told) {
        Map<String, String> settings = new HashMap<>();
        told.properties()
                .forEach(setting ->
                        settings.put(setting.getKey(), setting.getValue().asText()));
        return settings;
    }

    private static Ending ending(String label) {
        return Ending.valueOf(label.toUpperCase(Locale.ROOT));
    }

    private static long nanos(JsonNode line, String name) {
        return Math.round(line.path(name).asDouble() * 1e9);
    }
}
