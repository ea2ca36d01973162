package dev.sluice.decision;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.admission.Arrival;
import dev.sluice.admission.Usage;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One decision as one line of JSON: {@code at} (UTC) and {@code event} first; times in seconds, sizes in tokens or bytes; what is
 * not known is left out.
 */
final class DecisionLine {

    private static final JsonFactory JSON = new JsonFactory();
    private static final double NANOS_PER_SECOND = 1e9;

    private static final Map<Class<? extends Decision>, String> EVENTS = Map.ofEntries(
            Map.entry(Decision.Configured.class, "configured"),
            Map.entry(Decision.ModeSwitched.class, "mode_switched"),
            Map.entry(Decision.BudgetChanged.class, "budget_changed"),
            Map.entry(Decision.Paused.class, "paused"),
            Map.entry(Decision.Resumed.class, "resumed"),
            Map.entry(Decision.Arrived.class, "arrived"),
            Map.entry(Decision.Held.class, "held"),
            Map.entry(Decision.Forwarded.class, "forwarded"),
            Map.entry(Decision.Refused.class, "refused"),
            Map.entry(Decision.FirstToken.class, "first_token"),
            Map.entry(Decision.Ended.class, "ended"));

    private DecisionLine() {}

    /** The line, without its end. */
    static String of(Decision decision, Instant at) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("at", at.truncatedTo(ChronoUnit.MICROS).toString());
            json.writeStringField("event", EVENTS.getOrDefault(decision.getClass(), ""));
            if (decision instanceof Decision.OfStep step) {
                json.writeNumberField("step", step.stepId());
                json.writeStringField("agent", step.agentId());
                writeStep(step, json);
            } else {
                write(decision, json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a writer in memory does not fail", e);
        }
        return text.toString();
    }

    private static void writeStep(Decision.OfStep step, JsonGenerator json) throws IOException {
        if (step instanceof Decision.Arrived arrived) {
            writeArrival(arrived.arrival(), arrived.how(), json);
        } else if (step instanceof Decision.Held held) {
            json.writeStringField("reason", held.reason());
        } else if (step instanceof Decision.Forwarded forwarded) {
            writeSeconds("waited", forwarded.waitedNanos(), json);
            writeFlag("wouldHold", forwarded.wouldHold(), json);
        } else if (step instanceof Decision.Refused refused) {
            json.writeStringField("reason", refused.ending().label());
            writeSeconds("retryAfter", refused.retryAfterNanos(), json);
        } else if (step instanceof Decision.Ended ended) {
            json.writeStringField("ending", ended.ending().label());
            writeUsage(ended.usage(), json);
        }
    }

    private static void writeArrival(Arrival arrival, String how, JsonGenerator json) throws IOException {
        json.writeStringField("tenant", arrival.tenant());
        json.writeStringField("source", arrival.source());
        if (arrival.parentId() != null) {
            json.writeStringField("parent", arrival.parentId());
        }
        if (!how.isEmpty()) {
            json.writeStringField("how", how);
        }
        writeFlag("started", arrival.started(), json);
        writeFlag("anonymous", arrival.anonymous(), json);
        writeFlag("question", arrival.question(), json);
        writeFlag("streamed", arrival.streamed(), json);
        json.writeNumberField("bytes", arrival.bodyBytes());
        writeKnown("maxOutput", arrival.maxOutputTokens(), json);
    }

    private static void writeUsage(Usage usage, JsonGenerator json) throws IOException {
        writeKnown("prompt", usage.promptTokens(), json);
        writeKnown("cached", usage.cachedTokens(), json);
        writeKnown("completion", usage.completionTokens(), json);
        json.writeStringField("finish", usage.finish().name().toLowerCase(Locale.ROOT));
    }

    private static void write(Decision decision, JsonGenerator json) throws IOException {
        if (decision instanceof Decision.Paused paused) {
            json.writeStringField("agent", paused.agentId());
            json.writeStringField("reason", paused.reason());
            json.writeNumberField("tokens", paused.tokens());
        } else if (decision instanceof Decision.Resumed resumed) {
            json.writeStringField("agent", resumed.agentId());
        } else if (decision instanceof Decision.ModeSwitched switched) {
            json.writeStringField("mode", switched.mode());
        } else if (decision instanceof Decision.BudgetChanged changed) {
            json.writeStringField("cause", changed.change().cause());
            json.writeNumberField("from", Math.round(changed.change().from()));
            json.writeNumberField("to", Math.round(changed.change().to()));
            json.writeStringField("unit", changed.change().unit());
        } else if (decision instanceof Decision.Configured configured) {
            json.writeObjectFieldStart("settings");
            for (Map.Entry<String, String> setting : new TreeMap<>(configured.settings()).entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
        }
    }

    private static void writeSeconds(String name, long nanos, JsonGenerator json) throws IOException {
        json.writeNumberField(name, nanos / NANOS_PER_SECOND);
    }

    private static void writeFlag(String name, boolean flag, JsonGenerator json) throws IOException {
        if (flag) {
            json.writeBooleanField(name, true);
        }
    }

    private static void writeKnown(String name, long number, JsonGenerator json) throws IOException {
        if (number >= 0) {
            json.writeNumberField(name, number);
        }
    }
}
