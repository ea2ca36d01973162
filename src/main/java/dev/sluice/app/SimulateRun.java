package dev.sluice.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.simulate.Comparison;
import dev.sluice.simulate.Conditions;
import dev.sluice.simulate.ScoreTable;
import dev.sluice.simulate.Workload;
import dev.sluice.simulate.plot.PlotFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The comparisons that one call of {@code simulate} asks for, printed while they run, kept for its files. Used once. */
final class SimulateRun {

    private final PrintWriter out;
    private final List<String> laws;
    private final Map<String, Conditions> faults = new LinkedHashMap<>();
    private final List<Long> seeds;
    private final @Nullable PlotFolder plots;
    private final Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
    private final StringBuilder sheet = new StringBuilder(ScoreTable.csvHead());
    private long requests;

    /**
     * Checks what was asked for.
     *
     * @param plotsDirectory null for no pictures
     * @throws IllegalArgumentException for an unknown law or fault, or a directory that cannot be written
     */
    SimulateRun(PrintWriter out, List<String> laws, List<String> faults, int seeds, @Nullable Path plotsDirectory) {
        laws.forEach(Comparison::requireKnown);
        faults.forEach(fault -> this.faults.put(fault, Conditions.named(fault)));
        this.out = out;
        this.laws = laws;
        this.seeds = LongStream.rangeClosed(1, seeds).boxed().toList();
        this.plots = plotsDirectory == null ? null : new PlotFolder(plotsDirectory);
    }

    /** Runs everything, one table a workload. */
    void compare(List<Workload> workloads) throws IOException {
        Duration before = processorTime();
        for (Workload workload : workloads) {
            compare(workload);
        }
        double seconds = processorTime().minus(before).toMillis() / 1e3;
        out.println(
                "Means over the seeds; times in seconds, waits included in ttft. Columns: benchmarks/law/README.md.");
        out.printf(
                Locale.ROOT,
                "%,d requests simulated in %.1f s of processor time, %,.0f a second.%n",
                requests,
                seconds,
                requests / Math.max(1e-3, seconds));
        out.flush();
    }

    /** Of all threads, since the process began; zero where the system does not tell. */
    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void compare(Workload workload) throws IOException {
        String heading = workload.name() + ": " + workload.about() + "; engine "
                + workload.engine().name() + ", fault " + String.join(", ", faults.keySet()) + ", seeds 1 to "
                + seeds.size();
        out.println(heading);
        ScoreTable table = new ScoreTable(out, longestName());
        table.printHead("law");
        List<Map<String, Object>> json = tables.computeIfAbsent(workload.name(), name -> new ArrayList<>());
        for (Map.Entry<String, Conditions> fault : faults.entrySet()) {
            Comparison comparison = new Comparison(workload, fault.getValue(), seeds, plots != null);
            List<Comparison.Row> rows = comparison.run(laws, row -> table.print(name(row.law(), fault.getKey()), row));
            table.print(comparison.bound());
            requests += comparison.requests();
            json.addAll(ScoreTable.json(fault.getKey(), rows));
            sheet.append(ScoreTable.csv(workload.name(), fault.getKey(), rows));
            if (plots != null) {
                draw(plots, workload, fault.getKey(), comparison, rows);
            }
        }
        out.println();
    }

    private String name(String law, String fault) {
        return faults.size() == 1 ? law : law + ", " + fault;
    }

    private int longestName() {
        int longest = 0;
        for (String law : laws) {
            for (String fault : faults.keySet()) {
                longest = Math.max(longest, name(law, fault).length());
            }
        }
        return longest;
    }

    private void draw(
            PlotFolder folder, Workload workload, String fault, Comparison comparison, List<Comparison.Row> rows)
            throws IOException {
        StringWriter text = new StringWriter();
        ScoreTable table = new ScoreTable(new PrintWriter(text), longestName());
        table.printHead("law");
        rows.forEach(row -> table.print(row.law(), row));
        table.print(comparison.bound());
        boolean wrong = !fault.equals("none");
        Path page = folder.write(
                workload.name() + (wrong ? "-" + fault : ""),
                workload.name() + ": " + workload.about() + (wrong ? ", " + fault : ""),
                rows,
                comparison.bound(),
                text.toString());
        out.println("picture: " + page);
    }

    String json() throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tables) + "\n";
    }

    String csv() {
        return sheet.toString();
    }
}
