package dev.sluice.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.emulator.Preset;
import dev.sluice.simulate.AgentScript;
import dev.sluice.simulate.Comparison;
import dev.sluice.simulate.Conditions;
import dev.sluice.simulate.ScoreTable;
import dev.sluice.simulate.TraceFile;
import dev.sluice.simulate.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}: the production gate and laws against the emulator's core, in virtual time, side by side. */
@Command(
        name = "simulate",
        description = "Compares laws in virtual time: the production gate against the emulated engine, from seeds.")
final class SimulateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            split = ",",
            description = "One or more of: ${COMPLETION-CANDIDATES}. All if not given.",
            completionCandidates = WorkloadNames.class)
    private List<String> workloads = new ArrayList<>(new WorkloadNames());

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Replays recorded traffic in place of a workload; formats: docs/control-law.md.")
    private @Nullable Path trace;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "64",
            description = "Of the trace, the first N sessions or requests (${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "dense-32b-2xh100",
            description = "The engine that serves the trace (${DEFAULT-VALUE}).")
    private String preset = "";

    @Option(
            names = "--laws",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "endless-cache,off,concur-5s,static-best,working-set",
            description =
                    "Which (${DEFAULT-VALUE}). Also: gauge, static-N, static-tokens, concur-Ns, gradient2, vegas, "
                            + "token-gate, token-gate-mended.")
    private List<String> laws = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Runs each law from the seeds 1 to N (${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--fault",
            paramLabel = "NAME",
            defaultValue = "none",
            description = "What goes wrong, one of: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).",
            completionCandidates = FaultNames.class)
    private String fault = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the tables there, too.")
    private @Nullable Path json;

    @Option(names = "--csv", paramLabel = "FILE", description = "The same for a spreadsheet.")
    private @Nullable Path csv;

    @Override
    public Integer call() throws IOException {
        DemoCommand.logNothingBelowWarnings();
        List<Workload> chosen;
        Conditions conditions;
        try {
            chosen = trace == null ? workloads.stream().map(Workload::named).toList() : List.of(recorded(trace));
            conditions = Conditions.named(fault);
            laws.forEach(Comparison::requireKnown);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (seeds < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--seeds: " + seeds + " (expected: at least 1)");
        }
        run(chosen, conditions);
        return CommandLine.ExitCode.OK;
    }

    /** The same whatever the seed. */
    private Workload recorded(Path file) throws IOException {
        Preset engine = Preset.named(preset);
        List<AgentScript> scripts = TraceFile.read(file, engine, agents);
        return new Workload(String.valueOf(file.getFileName()), scripts.size() + " recorded", engine, seed -> scripts);
    }

    private void run(List<Workload> chosen, Conditions conditions) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> tables = new LinkedHashMap<>();
        StringBuilder sheet = new StringBuilder();
        for (Workload workload : chosen) {
            out.println(workload.name() + ": " + workload.about() + "; engine "
                    + workload.engine().name() + ", fault " + fault + ", seeds 1 to " + seeds);
            ScoreTable.printHead(out, "law");
            Comparison comparison = new Comparison(
                    workload,
                    conditions,
                    LongStream.rangeClosed(1, seeds).boxed().toList());
            List<Comparison.Row> rows = comparison.run(laws, row -> ScoreTable.print(out, row));
            out.println();
            tables.put(workload.name(), ScoreTable.json(rows));
            sheet.append(ScoreTable.csv(workload.name(), rows, sheet.isEmpty()));
        }
        out.println(
                "Means over the seeds; times in seconds, waits included in ttft. Failed: agents whose client gave up.");
        out.flush();
        if (json != null) {
            Files.writeString(
                    json, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tables) + "\n");
        }
        if (csv != null) {
            Files.writeString(csv, sheet);
        }
    }

    private static final class WorkloadNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        WorkloadNames() {
            super(Workload.all().stream().map(Workload::name).toList());
        }
    }

    private static final class FaultNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        FaultNames() {
            super(Conditions.names());
        }
    }
}
