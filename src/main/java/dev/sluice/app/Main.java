package dev.sluice.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Entry point. Exit codes: 0 done, 1 failed while working, 2 wrong usage or configuration. Errors are one line on
 * stderr.
 */
@Command(
        name = "sluice",
        description = "Congestion control for LLM serving engines.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = CommandLine.ScopeType.INHERIT)
public final class Main implements Runnable {

    private static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            DemoCommand.class,
            EmulateCommand.class,
            SimulateCommand.class,
            CheckCommand.class,
            ConfigCommand.class,
            TopCommand.class,
            ReportCommand.class,
            DrainCommand.class,
            CapacityCommand.class,
            CostCommand.class,
            AuditCommand.class);

    private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        keepNettyOutOfFlightRecorder();
        RunCommand plain = RunCommand.ofPlain(args);
        System.exit(plain == null ? executeByPicocli(args) : execute(plain));
    }

    /** To describe all commands takes longer than all else; the one that is named is enough. */
    private static int executeByPicocli(String[] args) {
        return commandLine(name -> args.length > 0 && args[0].equals(name)).execute(args);
    }

    private static int execute(RunCommand plain) {
        EarlyStart.begin();
        try {
            return plain.call();
        } catch (IOException | InterruptedException | RuntimeException e) {
            return onFailure(e, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        }
    }

    /** To register the events of its buffers takes longer than all else of the first answer. */
    private static void keepNettyOutOfFlightRecorder() {
        if (System.getProperty(NETTY_EVENTS) == null) {
            System.setProperty(NETTY_EVENTS, "false");
        }
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(name -> false);
    }

    /** @param isNamed if a command is, it is the only one */
    private static CommandLine commandLine(Predicate<String> isNamed) {
        CommandLine line = new CommandLine(new Main());
        List<Class<?>> named =
                COMMANDS.stream().filter(type -> isNamed.test(nameOf(type))).toList();
        (named.isEmpty() ? COMMANDS : named).forEach(type -> line.addSubcommand(nameOf(type), type));
        return line.setParameterExceptionHandler(Main::onWrongUsage)
                .setExecutionExceptionHandler((failure, command, parsed) -> onFailure(failure, command.getErr()));
    }

    private static String nameOf(Class<?> type) {
        return type.getAnnotation(Command.class).name();
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** The version of this build, {@code development} outside of a jar. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static int onWrongUsage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        complain(command.getErr(), wrong.getMessage() + " (see: " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int onFailure(Exception failure, PrintWriter err) {
        String message = failure.getMessage();
        complain(err, message == null ? failure.toString() : message);
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static void complain(PrintWriter err, String message) {
        err.println("sluice: " + message.lines().findFirst().orElse(""));
        err.flush();
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"sluice " + version()};
        }
    }
}
