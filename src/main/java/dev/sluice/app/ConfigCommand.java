package dev.sluice.app;

import dev.sluice.config.ConfigReader;
import dev.sluice.config.ConfigSchema;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code config --defaults}: the commented default configuration; {@code config --schema}: its JSON Schema. */
@Command(name = "config", description = "Prints a configuration.")
final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Choice choice = new Choice();

    /** Exactly one of them. */
    private static final class Choice {

        @SuppressWarnings("UnusedVariable") // that it is given is all there is to it
        @Option(names = "--defaults", description = "Every setting with its default and a comment.")
        private boolean defaults;

        @Option(names = "--schema", description = "The JSON Schema of the file, for editors.")
        private boolean schema;
    }

    @Override
    public void run() {
        spec.commandLine().getOut().print(choice.schema ? ConfigSchema.json() : ConfigReader.defaultYaml());
        spec.commandLine().getOut().flush();
    }
}
