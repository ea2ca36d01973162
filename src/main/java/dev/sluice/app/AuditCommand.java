package dev.sluice.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sluice.config.ConfigReader;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.UpstreamAddress;
import dev.sluice.control.EngineSignal;
import dev.sluice.control.EngineSilence;
import dev.sluice.engine.AuditEvidence;
import dev.sluice.engine.EngineAudit;
import dev.sluice.engine.EngineFacts;
import dev.sluice.engine.EngineWatch;
import dev.sluice.engine.Finding;
import dev.sluice.net.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code audit URL}: what in a live engine helps or prevents congestion control, line by line. 1 if something prevents it. */
@Command(
        name = "audit",
        description = "Tells what in a live engine helps or prevents congestion control, with the flag to set.")
final class AuditCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The engine is asked who it is, and its page is read; each has its own, shorter bound. */
    private static final long PATIENCE_SECONDS = 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "The engine itself, not Sluice: http, https, or unix:/path.")
    private String url;

    @Option(
            names = "--no-prompt",
            description = "Sends no prompt; otherwise one of 300 words is sent twice, for a token each.")
    private boolean noPrompt;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        UpstreamAddress address;
        try {
            address = UpstreamAddress.parse(url);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "URL: " + url + " (expected: http://HOST:PORT, https://… or unix:/path)", e);
        }
        quietLog();
        EngineFacts facts = facts(address);
        List<Finding> findings = EngineAudit.of(facts, evidence(facts));
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? document(findings) : table(findings));
        out.flush();
        boolean isPrevented = findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.BAD);
        return isPrevented ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    /** What the watch has to say is said by the findings. */
    private static void quietLog() {
        ((Logger) LoggerFactory.getLogger(EngineWatch.class)).setLevel(Level.OFF);
    }

    /** As {@code run} would see it. */
    private EngineFacts facts(UpstreamAddress address) throws IOException, InterruptedException {
        CompletableFuture<EngineSignal> first = new CompletableFuture<>();
        SluiceConfig config = ConfigReader.read("", Map.of("upstream.url", url)).config();
        try (EngineWatch watch =
                new EngineWatch(address, config, Credentials.of(config), System::nanoTime, first::complete)) {
            watch.start();
            EngineSignal signal = first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (signal instanceof EngineSilence silence && silence.cause().equals("connect_failed")) {
                throw new IOException(url + " does not answer (expected: a running engine)");
            }
            return watch.facts();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(url + " does not answer within " + PATIENCE_SECONDS + " s", e);
        }
    }

    /** By a Unix socket only the metrics are read. */
    private AuditEvidence evidence(EngineFacts facts) throws InterruptedException {
        if (!url.startsWith("http")) {
            return new AuditEvidence(Map.of(), AuditEvidence.Reuse.NOT_ASKED);
        }
        EngineQuestions questions = new EngineQuestions(URI.create(url));
        AuditEvidence.Reuse reuse = noPrompt ? AuditEvidence.Reuse.NOT_ASKED : questions.reuse(facts);
        return new AuditEvidence(questions.settings(facts), reuse);
    }

    private static String table(List<Finding> findings) {
        StringBuilder table = new StringBuilder();
        for (Finding finding : findings) {
            table.append(String.format(
                            Locale.ROOT, "%-8s %-14s %s", finding.verdict().label(), finding.topic(), finding.text()))
                    .append(System.lineSeparator());
            if (!finding.flag().isEmpty()) {
                table.append(" ".repeat(24))
                        .append("set: ")
                        .append(finding.flag())
                        .append(System.lineSeparator());
            }
        }
        return table.toString();
    }

    private static String document(List<Finding> findings) throws JsonProcessingException {
        ArrayNode array = JSON.createArrayNode();
        for (Finding finding : findings) {
            array.addObject()
                    .put("verdict", finding.verdict().label())
                    .put("topic", finding.topic())
                    .put("text", finding.text())
                    .put("flag", finding.flag());
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(array) + System.lineSeparator();
    }
}
