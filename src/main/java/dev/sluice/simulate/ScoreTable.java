package dev.sluice.simulate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures by which laws are compared: one line a law, means over the seeds. */
public final class ScoreTable {

    private ScoreTable() {}

    /**
     * One figure.
     *
     * @param key in the JSON
     * @param title at the head of its column
     * @param decimals shown to people
     */
    private record Column(String key, String title, int decimals, ToDoubleFunction<Outcome> figure) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("makespanSeconds", "makespan", 0, Outcome::makespanSeconds),
            new Column("meanSeconds", "mean", 0, o -> o.lifeSeconds().mean()),
            new Column("p95Seconds", "p95", 0, o -> o.lifeSeconds().quantile(0.95)),
            new Column("agentsPerSecond", "agents/s", 4, Outcome::agentsPerSecond),
            new Column("failed", "failed", 1, Outcome::failed),
            new Column("hitRate", "hits", 2, Outcome::hitRate),
            new Column("recomputedTokens", "recomputed", 0, Outcome::recomputedTokens),
            new Column("ttftP50Seconds", "ttft50", 2, o -> o.ttftSeconds().quantile(0.5)),
            new Column("ttftP99Seconds", "ttft99", 1, o -> o.ttftSeconds().quantile(0.99)),
            new Column(
                    "chatTtftP99Seconds", "chat99", 2, o -> o.chatTtftSeconds().quantile(0.99)),
            new Column(
                    "startedWaitP99Seconds",
                    "wait99",
                    1,
                    o -> o.startedWaitSeconds().quantile(0.99)),
            new Column(
                    "startedWaitMaxSeconds",
                    "waitmax",
                    1,
                    o -> o.startedWaitSeconds().max()),
            new Column(
                    "doorWaitP99Seconds", "door99", 1, o -> o.doorWaitSeconds().quantile(0.99)),
            new Column("jain", "jain", 2, o -> o.stepsPerSecond().jain()),
            new Column("busyRatio", "busy", 2, Outcome::busyRatio));

    /** The line above all others. */
    public static void printHead(PrintWriter out, String title) {
        out.printf("%-22s", title);
        COLUMNS.forEach(column -> out.printf(" %10s", column.title));
        out.println();
        out.flush();
    }

    /** One law. */
    public static void print(PrintWriter out, Comparison.Row row) {
        out.printf("%-22s", row.law());
        for (Column column : COLUMNS) {
            out.printf(Locale.ROOT, " %10." + column.decimals + "f", row.mean(column.figure));
        }
        out.println();
        out.flush();
    }

    /** Times in seconds, sizes in tokens; {@code wallSeconds} is the time that this machine took for the law's runs. */
    public static List<Map<String, Object>> json(List<Comparison.Row> rows) {
        List<Map<String, Object>> table = new ArrayList<>();
        for (Comparison.Row row : rows) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("law", row.law());
            fields.put("seeds", row.outcomes().size());
            COLUMNS.forEach(column -> fields.put(column.key, row.mean(column.figure)));
            fields.put("wallSeconds", row.wallSeconds());
            table.add(fields);
        }
        return table;
    }

    /** The same for a spreadsheet, the workload's name in front of each line. */
    public static String csv(String workload, List<Comparison.Row> rows, boolean withHead) {
        StringBuilder csv = new StringBuilder();
        if (withHead) {
            csv.append("workload,law,seeds");
            COLUMNS.forEach(column -> csv.append(',').append(column.key));
            csv.append('\n');
        }
        for (Comparison.Row row : rows) {
            csv.append(workload)
                    .append(',')
                    .append(row.law())
                    .append(',')
                    .append(row.outcomes().size());
            COLUMNS.forEach(column -> csv.append(',').append(row.mean(column.figure)));
            csv.append('\n');
        }
        return csv.toString();
    }
}
