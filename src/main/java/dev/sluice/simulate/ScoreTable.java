package dev.sluice.simulate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures by which laws are compared: one line a law, means over the seeds; benchmarks/law tells the columns. */
public final class ScoreTable {

    private final PrintWriter out;
    private final int nameWidth;

    /** @param longestName room for the names of the lines */
    public ScoreTable(PrintWriter out, int longestName) {
        this.out = out;
        this.nameWidth = Math.max(20, longestName);
    }

    /**
     * One figure.
     *
     * @param key in JSON and CSV
     * @param title at the head of its column
     * @param format shown to people: width and decimals
     */
    private record Column(String key, String title, String format, ToDoubleFunction<Comparison.Row> figure) {

        int width() {
            return Integer.parseInt(format.substring(0, format.indexOf('.')));
        }
    }

    private static final String MAKESPAN = "makespanSeconds";
    private static final String MEAN = "meanSeconds";

    private static final List<Column> COLUMNS = List.of(
            of(MAKESPAN, "makespan", "8.0", Outcome::makespanSeconds),
            new Column(
                    "makespanOverBound",
                    "x bound",
                    "7.2",
                    row -> row.makespanSeconds() / row.bound().makespanSeconds()),
            of(MEAN, "mean", "6.0", o -> o.lifeSeconds().mean()),
            of("p95Seconds", "p95", "6.0", o -> o.lifeSeconds().quantile(0.95)),
            of("agentsPerSecond", "agents/s", "8.4", Outcome::agentsPerSecond),
            of("failed", "gave up", "7.1", Outcome::failed),
            of("hitRate", "hits", "4.2", Outcome::hitRate),
            of("recomputedTokens", "recomputed", "10.0", Outcome::recomputedTokens),
            of("ttftP50Seconds", "ttft50", "6.2", o -> o.ttftSeconds().quantile(0.5)),
            of("ttftP99Seconds", "ttft99", "7.1", o -> o.ttftSeconds().quantile(0.99)),
            of("chatTtftP99Seconds", "chat99", "6.1", o -> o.chatTtftSeconds().quantile(0.99)),
            of(
                    "startedWaitP99Seconds",
                    "wait99",
                    "6.0",
                    o -> o.startedWaitSeconds().quantile(0.99)),
            of(
                    "startedWaitMaxSeconds",
                    "longest",
                    "7.0",
                    o -> o.startedWaitSeconds().max()),
            of("doorWaitP99Seconds", "door99", "6.0", o -> o.doorWaitSeconds().quantile(0.99)),
            of("doorWaitMaxSeconds", "longest", "7.0", o -> o.doorWaitSeconds().max()),
            of("jain", "jain", "4.2", o -> o.stepsPerSecond().jain()),
            of("busyRatio", "busy", "4.2", Outcome::busyRatio));

    private static Column of(String key, String title, String format, ToDoubleFunction<Outcome> figure) {
        return new Column(key, title, format, row -> row.mean(figure));
    }

    /** The line above all others. */
    public void printHead(String title) {
        printName(title);
        COLUMNS.forEach(column -> out.printf(" %" + column.width() + "s", column.title));
        end();
    }

    /** One law. */
    public void print(String name, Comparison.Row row) {
        printName(name);
        COLUMNS.forEach(
                column -> out.printf(Locale.ROOT, " %" + column.format + "f", column.figure.applyAsDouble(row)));
        end();
    }

    /** The last line: what no law can beat. */
    public void print(LowerBound bound) {
        printName("lower bound");
        for (Column column : COLUMNS) {
            if (column.key.equals(MAKESPAN)) {
                out.printf(Locale.ROOT, " %" + column.format + "f", bound.makespanSeconds());
            } else if (column.key.equals(MEAN)) {
                out.printf(Locale.ROOT, " %" + column.format + "f", bound.meanSeconds());
            } else {
                out.print(" ".repeat(column.width() + 1));
            }
        }
        end();
    }

    private void printName(String name) {
        out.printf("%-" + nameWidth + "s", name);
    }

    private void end() {
        out.println();
        out.flush();
    }

    /** Times in seconds, sizes in tokens; {@code wallSeconds} is the time that this machine took for the law's runs. */
    public static List<Map<String, Object>> json(String fault, List<Comparison.Row> rows) {
        List<Map<String, Object>> table = new ArrayList<>();
        for (Comparison.Row row : rows) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("law", row.law());
            fields.put("fault", fault);
            fields.put("seeds", row.outcomes().size());
            COLUMNS.forEach(column -> fields.put(column.key, column.figure.applyAsDouble(row)));
            fields.put("boundMakespanSeconds", row.bound().makespanSeconds());
            fields.put("boundMeanSeconds", row.bound().meanSeconds());
            fields.put("wallSeconds", row.wallSeconds());
            table.add(fields);
        }
        return table;
    }

    /** The first line of the spreadsheet. */
    public static String csvHead() {
        StringBuilder csv = new StringBuilder("workload,fault,law,seeds");
        COLUMNS.forEach(column -> csv.append(',').append(column.key));
        return csv.append(",boundMakespanSeconds,boundMeanSeconds\n").toString();
    }

    /** The same as the JSON for a spreadsheet, one line a law. */
    public static String csv(String workload, String fault, List<Comparison.Row> rows) {
        StringBuilder csv = new StringBuilder();
        for (Comparison.Row row : rows) {
            csv.append(workload).append(',').append(fault).append(',').append(row.law());
            csv.append(',').append(row.outcomes().size());
            COLUMNS.forEach(column -> csv.append(',').append(column.figure.applyAsDouble(row)));
            csv.append(',').append(row.bound().makespanSeconds());
            csv.append(',').append(row.bound().meanSeconds()).append('\n');
        }
        return csv.toString();
    }
}
