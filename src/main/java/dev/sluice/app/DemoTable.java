package dev.sluice.app;

import dev.sluice.emulator.Preset;
import dev.sluice.simulate.AgentScript;
import dev.sluice.simulate.Outcome;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The two sides of the demo, as a table for people and as JSON. Immutable. */
final class DemoTable {

    private final DemoArm.Result direct;
    private final DemoArm.Result sluice;

    DemoTable(DemoArm.Result direct, DemoArm.Result sluice) {
        this.direct = direct;
        this.sluice = sluice;
    }

    static void printIntroduction(PrintWriter out, List<AgentScript> scripts, Preset preset) {
        int tokens = scripts.stream().mapToInt(AgentScript::finalTokens).sum();
        out.printf(
                Locale.ROOT,
                "%d agents grow to %,d tokens together; the engine's cache holds %,d.%n%n",
                scripts.size(),
                tokens,
                preset.poolTokens());
        out.flush();
    }

    void print(PrintWriter out) {
        out.println();
        row(out, "", "direct", "sluice");
        row(
                out,
                "time to finish all",
                seconds(o(direct).makespanSeconds()),
                seconds(o(sluice).makespanSeconds()));
        row(
                out,
                "steps per second",
                number(o(direct).overallStepsPerSecond()),
                number(o(sluice).overallStepsPerSecond()));
        row(
                out,
                "prefix hit rate",
                number(o(direct).hitRate()),
                number(o(sluice).hitRate()));
        row(
                out,
                "recomputed tokens",
                count(o(direct).recomputedTokens()),
                count(o(sluice).recomputedTokens()));
        row(
                out,
                "time to first token, p50",
                seconds(o(direct).ttftSeconds().quantile(0.5)),
                seconds(o(sluice).ttftSeconds().quantile(0.5)));
        row(
                out,
                "time to first token, p99",
                seconds(o(direct).ttftSeconds().quantile(0.99)),
                seconds(o(sluice).ttftSeconds().quantile(0.99)));
        row(out, "longest wait at Sluice", "-", seconds(o(sluice).longestWaitSeconds()));
        row(out, "engine's own gauge, peak", number(direct.peakGauge()), number(sluice.peakGauge()));
        row(out, "pressure, peak", number(direct.peakPressure()), number(sluice.peakPressure()));
        out.println();
        out.println(
                "Times to first token include every wait. Pressure: contexts of the agents let live, over the pool.");
        out.flush();
    }

    /** Sizes in tokens, times in seconds. */
    Map<String, Map<String, Object>> json() {
        Map<String, Map<String, Object>> table = new LinkedHashMap<>();
        table.put("direct", json(direct));
        table.put("sluice", json(sluice));
        return table;
    }

    private static Map<String, Object> json(DemoArm.Result arm) {
        Outcome outcome = o(arm);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("makespanSeconds", outcome.makespanSeconds());
        fields.put("steps", outcome.steps());
        fields.put("stepsPerSecond", outcome.overallStepsPerSecond());
        fields.put("hitRate", outcome.hitRate());
        fields.put("recomputedTokens", outcome.recomputedTokens());
        fields.put("ttftP50Seconds", outcome.ttftSeconds().quantile(0.5));
        fields.put("ttftP99Seconds", outcome.ttftSeconds().quantile(0.99));
        fields.put("longestWaitSeconds", outcome.longestWaitSeconds());
        fields.put("peakGauge", arm.peakGauge());
        fields.put("peakPressure", arm.peakPressure());
        return fields;
    }

    private static Outcome o(DemoArm.Result arm) {
        return arm.outcome();
    }

    private static void row(PrintWriter out, String name, String direct, String sluice) {
        out.printf("%-26s %12s %12s%n", name, direct, sluice);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
