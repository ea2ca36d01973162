package dev.sluice.app;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check FILE}: all problems of a configuration, one line each. */
@Command(name = "check", description = "Reports all problems of a configuration file.")
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A YAML file, as \"sluice config --defaults\" prints one.")
    private Path file;

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        ConfigReader.Result result = ConfigReader.read(file);
        if (result.isValid()) {
            command.getOut().println(file + ": ok");
            return CommandLine.ExitCode.OK;
        }
        PrintWriter err = command.getErr();
        for (Problem problem : result.problems()) {
            err.println(file + ": " + problem);
        }
        return CommandLine.ExitCode.USAGE;
    }
}
