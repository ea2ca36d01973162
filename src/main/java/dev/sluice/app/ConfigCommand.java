package dev.sluice.app;

import dev.sluice.config.ConfigReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code config --defaults}: the commented default configuration. */
@Command(name = "config", description = "Prints a configuration.")
final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // that it is given is all there is to it
    @Option(names = "--defaults", required = true, description = "Every setting with its default and a comment.")
    private boolean defaults;

    @Override
    public void run() {
        spec.commandLine().getOut().print(ConfigReader.defaultYaml());
        spec.commandLine().getOut().flush();
    }
}
