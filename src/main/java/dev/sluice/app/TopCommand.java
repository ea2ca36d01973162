package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code top URL}: the live page in a terminal. */
@Command(
        name = "top",
        description = "Shows a running Sluice live: pressure, hit rate, loss, queue and agents. Ctrl-C ends it.")
final class TopCommand implements Callable<Integer> {

    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";
    private static final String HIDE_CURSOR = "\033[?25l";
    private static final String SHOW_CURSOR = "\033[?25h";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9090",
            description = "The admin port (${DEFAULT-VALUE}).")
    private URI url;

    @Mixin
    private AdminAccess access = new AdminAccess();

    @Option(names = "--once", description = "Prints one picture and ends.")
    private boolean once;

    private final TopFrame.Trend trend = new TopFrame.Trend();

    @Override
    public Integer call() throws IOException, InterruptedException {
        AdminPort admin = access.open(url, spec);
        PrintWriter out = spec.commandLine().getOut();
        boolean isTerminal = Ansi.AUTO.enabled();
        if (once) {
            out.print(frame(admin, isTerminal));
            out.flush();
            return CommandLine.ExitCode.OK;
        }
        if (isTerminal) {
            out.print(HIDE_CURSOR + HOME + CLEAR_BELOW);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                out.print(SHOW_CURSOR);
                out.flush();
            }));
        }
        while (!Thread.currentThread().isInterrupted()) {
            draw(admin, out, isTerminal);
            TimeUnit.SECONDS.sleep(1);
        }
        return CommandLine.ExitCode.OK;
    }

    private void draw(AdminPort admin, PrintWriter out, boolean isTerminal) throws InterruptedException {
        String frame;
        try {
            frame = frame(admin, isTerminal);
        } catch (IOException e) {
            frame = e.getMessage() + System.lineSeparator();
        }
        out.print(
                isTerminal
                        ? HOME
                                + frame.replace(System.lineSeparator(), CLEAR_LINE + System.lineSeparator())
                                + CLEAR_BELOW
                        : frame + System.lineSeparator());
        out.flush();
    }

    private String frame(AdminPort admin, boolean colours) throws IOException, InterruptedException {
        JsonNode state = admin.page("/state", "agents");
        trend.add(state.path("pressure").asDouble());
        return new TopFrame(TerminalSize.current(), colours).render(state, trend);
    }
}
