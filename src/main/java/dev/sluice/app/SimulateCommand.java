package dev.sluice.app;

import dev.sluice.emulator.Preset;
import dev.sluice.simulate.AgentScript;
import dev.sluice.simulate.Conditions;
import dev.sluice.simulate.TraceFile;
import dev.sluice.simulate.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            names = "--replay",
            paramLabel = "DECISIONS",
            description =
                    "Replays a decision log: what was, what the emulated engine makes of it, and with --config what"
                            + " would have been.")
    private @Nullable Path replay;

    @Option(names = "--config", paramLabel = "FILE", description = "With --replay: the changed configuration.")
    private @Nullable Path config;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "64",
            description = "Of the trace, the first N sessions or requests (${DEFAULT-VALUE}).")
    private int agents;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--laws",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "endless-cache,off,concur-5s,static-best,working-set",
            description =
                    "Which (${DEFAULT-VALUE}). Also: gauge, static-N, static-tokens, concur-Ns, gradient2, vegas, "
                            + "token-gate, token-gate-mended, working-set:SETTING=VALUE of law.workingSet.")
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
            split = ",",
            defaultValue = "none",
            description = "What goes wrong, one or more of: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).",
            completionCandidates = FaultNames.class)
    private List<String> faults = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the tables there, too.")
    private @Nullable Path json;

    @Option(names = "--csv", paramLabel = "FILE", description = "The same for a spreadsheet.")
    private @Nullable Path csv;

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description = "Draws there what happened over time and a chart of all laws, one page for each table.")
    private @Nullable Path plots;

    @Override
    public Integer call() throws IOException {
        DemoCommand.logNothingBelowWarnings();
        SimulateRun run;
        try {
            if (replay != null) {
                String table = new ReplayRun(spec.commandLine().getOut(), engine).run(replay, config);
                if (json != null) {
                    Files.writeString(json, table);
                }
                return CommandLine.ExitCode.OK;
            }
            List<Workload> chosen = trace == null
                    ? workloads.stream()
                            .map(Workload::named)
                            .map(this::onEngine)
                            .toList()
                    : List.of(recorded(trace));
            if (seeds < 1) {
                throw new IllegalArgumentException("--seeds: " + seeds + " (expected: at least 1)");
            }
            run = new SimulateRun(spec.commandLine().getOut(), laws, faults, seeds, plots);
            run.compare(chosen);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (json != null) {
            Files.writeString(json, run.json());
        }
        if (csv != null) {
            Files.writeString(csv, run.csv());
        }
        return CommandLine.ExitCode.OK;
    }

    private Workload onEngine(Workload workload) {
        return new Workload(workload.name(), workload.about(), engine.engine(workload.engine()), workload.scripts());
    }

    /** The same whatever the seed. */
    private Workload recorded(Path file) throws IOException {
        Preset preset = engine.engine(Preset.DENSE_32B);
        List<AgentScript> scripts = TraceFile.read(file, preset, agents);
        return new Workload(String.valueOf(file.getFileName()), scripts.size() + " recorded", preset, seed -> scripts);
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
