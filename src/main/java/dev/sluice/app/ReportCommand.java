package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.simulate.FigureTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report URL}: what enforcement changes or would change, as the running Sluice last computed it. */
@Command(
        name = "report",
        description =
                "Shows what a running Sluice saves, or would save if it enforced: the last report of its admin port.")
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "The admin port (${DEFAULT-VALUE}).")
    private URI url;

    @Mixin
    private AdminAccess access = new AdminAccess();

    @Option(names = "--json", description = "Prints the page as it is.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode report = access.open(url, spec).page("/report", "made");
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? report.toPrettyString() + System.lineSeparator() : text(report));
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static String text(JsonNode report) {
        if (report.path("made").isNull()) {
            return "No report yet: " + report.path("missing").asText() + "." + System.lineSeparator();
        }
        return """
                Made %s, mode %s: %,d steps of %,d agents in %,.0f s; %,d steps left out.
                Engine: %s at %.2f (prefill) and %.2f (decode) of its speed (fitted), pool %,d tokens. The replay of what was recorded is off by %+.0f %% in
                prompt tokens computed and by %+.0f %% in the mean time of an agent.

                %s
                Enforcement saves %,d prompt tokens, %,.0f seconds of the engine, %,.0f GPU-seconds, %,.2f in money.
                """.formatted(
                        report.path("made").asText(),
                        report.path("mode").asText(),
                        report.path("steps").asLong(),
                        report.path("agents").asLong(),
                        report.path("seconds").asDouble(),
                        report.path("leftOut").asLong(),
                        report.at("/engine/preset").asText(),
                        report.at("/engine/prefillSpeed").asDouble(),
                        report.at("/engine/decodeSpeed").asDouble(),
                        report.at("/engine/poolTokens").asLong(),
                        100 * report.at("/error/prefill").asDouble(),
                        100 * report.at("/error/time").asDouble(),
                        FigureTable.text(report.path("figures")),
                        report.at("/saved/prefillTokens").asLong(),
                        report.at("/saved/engineSeconds").asDouble(),
                        report.at("/saved/gpuSeconds").asDouble(),
                        report.at("/saved/money").asDouble());
    }
}
