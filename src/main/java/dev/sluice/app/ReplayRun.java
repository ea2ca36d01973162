package dev.sluice.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.decision.DecisionReader;
import dev.sluice.simulate.EngineSpeed;
import dev.sluice.simulate.FigureTable;
import dev.sluice.simulate.Recorded;
import dev.sluice.simulate.Recording;
import dev.sluice.simulate.Replay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was recorded beside what the emulated engine makes of it, under the recorded settings and under changed ones. */
final class ReplayRun {

    /** Keeps a replay within some GB of memory. */
    private static final int MOST_STEPS = 2_000_000;

    private final PrintWriter out;
    private final EngineOptions engine;

    ReplayRun(PrintWriter out, EngineOptions engine) {
        this.out = out;
        this.engine = engine;
    }

    /**
     * Replays a decision log and prints the table.
     *
     * @param changed null if there are only the recorded settings
     * @return the table as JSON
     * @throws IllegalArgumentException if there is nothing to replay, or the settings are wrong
     */
    String run(Path log, @Nullable Path changed) throws IOException {
        SluiceConfig config = changed == null ? null : changed(changed);
        Recording recording = new Recording(MOST_STEPS);
        DecisionReader.read(log, recording::onDecision);
        Recorded recorded = recording.recorded();
        Replay replay = new Replay(recorded, engine.engine(EngineOptions.REPLAYED), engine.poolTokens());
        EngineSpeed speed = replay.fittedSpeed(EngineSpeed.PRESET);
        out.printf(
                Locale.ROOT,
                "%s: %,d steps of %,d agents; %,d left out, as they were not answered or did not tell their usage.%n",
                log,
                recorded.steps(),
                recorded.agents().size(),
                recorded.leftOut());
        out.printf(
                Locale.ROOT,
                "Engine: %s at %s of its speed (fitted), pool %,d tokens.%n",
                replay.engine().name(),
                speed,
                replay.engine().poolTokens());
        if (!replay.unknownSettings().isEmpty()) {
            out.println("Recorded by another version; these settings have their defaults: "
                    + String.join(", ", replay.unknownSettings()));
        }
        ObjectNode columns = JsonNodeFactory.instance.objectNode();
        columns.set("recorded", FigureTable.json(recorded.figures()));
        columns.set(
                "replayed",
                FigureTable.json(replay.run(replay.settings(), speed).figures()));
        if (changed != null && config != null) {
            String title = String.valueOf(changed.getFileName());
            columns.set(title, FigureTable.json(replay.run(config, speed).figures()));
        }
        out.print(FigureTable.text(columns));
        out.flush();
        return columns.toPrettyString() + "\n";
    }

    private static SluiceConfig changed(Path file) {
        ConfigReader.Result read = ConfigReader.read(file, Map.of());
        if (!read.isValid()) {
            throw new IllegalArgumentException(file + ": " + read.problems().get(0));
        }
        return read.config();
    }
}
