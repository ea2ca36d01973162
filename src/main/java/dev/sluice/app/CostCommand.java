package dev.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.plan.Prices;
import dev.sluice.plan.ServingCost;
import dev.sluice.plan.Traffic;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cost}: what some traffic costs, bought by the token or served on GPUs of one's own, with one hit rate and with another. */
@Command(
        name = "cost",
        description = "Tells what traffic costs, by the token or on own GPUs, with its hit rate and with another.")
final class CostCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private AdminAccess access = new AdminAccess();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--before",
            paramLabel = "RATIO",
            defaultValue = "0",
            description = "The hit rate to compare with: without a cache, or before Sluice (${DEFAULT-VALUE}).")
    private double beforeRatio;

    @ArgGroup(exclusive = false)
    private @Nullable Bought bought;

    @ArgGroup(exclusive = false)
    private @Nullable Served served;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    /** Where the traffic's size comes from. */
    private static final class Source {
        @Option(
                names = "--from",
                paramLabel = "URL",
                description = "The admin port of a running Sluice: all that its engine counted since it was started.")
        private @Nullable URI from;

        @ArgGroup(exclusive = false)
        private @Nullable Told told;
    }

    /** Tokens by hand. */
    private static final class Told {
        @Option(
                names = "--prompt-tokens",
                paramLabel = "N",
                required = true,
                description = "Prompt tokens, all of them.")
        private double prompt;

        @Option(
                names = "--cached-tokens",
                paramLabel = "N",
                required = true,
                description = "Of these, found in the cache.")
        private double cached;

        @Option(names = "--answer-tokens", paramLabel = "N", required = true, description = "Tokens of answers.")
        private double answer;
    }

    /** Tokens bought from somebody. */
    private static final class Bought {
        @Option(
                names = "--price-prompt",
                paramLabel = "MONEY",
                required = true,
                description = "Of a million prompt tokens, where tokens are bought.")
        private double prompt;

        @Option(
                names = "--price-answer",
                paramLabel = "MONEY",
                required = true,
                description = "Of a million of answers.")
        private double answer;

        @Option(
                names = "--cache-write",
                paramLabel = "FACTOR",
                defaultValue = "1.25",
                description = "Of that for prompt tokens written to the cache: 1.25, or 2 for an hour (1.25).")
        private double write;

        @Option(
                names = "--cache-read",
                paramLabel = "FACTOR",
                defaultValue = "0.1",
                description = "Of that for prompt tokens read from the cache (${DEFAULT-VALUE}).")
        private double read;
    }

    /** GPUs of one's own. */
    private static final class Served {
        @Option(
                names = "--gpu-hour",
                paramLabel = "MONEY",
                required = true,
                description = "Price of one GPU for an hour, as bought by the hour.")
        private double gpuHour;

        @Option(names = "--gpus", paramLabel = "N", defaultValue = "1", description = "That serve together (1).")
        private int gpus;

        @Option(
                names = "--reserved-factor",
                paramLabel = "RATIO",
                defaultValue = "0.5",
                description = "Of that price where GPUs are reserved for long (${DEFAULT-VALUE}).")
        private double reserved;

        @Option(
                names = "--prompt-per-second",
                paramLabel = "N",
                required = true,
                description = "Prompt tokens that all GPUs together compute in a second.")
        private double promptPerSecond;

        @Option(
                names = "--answer-per-second",
                paramLabel = "N",
                required = true,
                description = "Tokens of answers that they generate in a second.")
        private double answerPerSecond;

        @Option(
                names = "--hours",
                paramLabel = "N",
                defaultValue = "24",
                description = "Over which the traffic came, and for which reserved GPUs are paid (${DEFAULT-VALUE}).")
        private double hours;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, Double> figures = new LinkedHashMap<>();
        try {
            if (!(beforeRatio >= 0 && beforeRatio <= 1)) {
                throw new IllegalArgumentException("--before: " + beforeRatio + " (expected: 0..1)");
            }
            Traffic traffic = traffic();
            tell(traffic, traffic.withHitRatio(beforeRatio), figures);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode object = JSON.createObjectNode();
            figures.forEach(object::put);
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object));
        } else {
            figures.forEach(
                    (name, value) -> out.println(String.format(Locale.ROOT, "%-38s %,18.2f", words(name), value)));
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private Traffic traffic() throws IOException, InterruptedException {
        Told told = source.told;
        if (told != null) {
            return new Traffic(told.prompt, told.cached, told.answer);
        }
        if (source.from == null) {
            throw new IllegalArgumentException("--from: missing (expected: --from URL, or --prompt-tokens and so on)");
        }
        JsonNode figures = access.open(source.from, spec).get("/state").at("/engine/figures");
        if (!figures.has("prefixQueryTokens") || !figures.has("prefixHitTokens")) {
            throw new IOException(source.from + " does not know its engine's counters (see: sluice audit)");
        }
        return new Traffic(
                figures.path("prefixQueryTokens").asDouble(),
                figures.path("prefixHitTokens").asDouble(),
                figures.path("generationTokens").asDouble());
    }

    private void tell(Traffic traffic, Traffic before, Map<String, Double> figures) {
        figures.put("hitRatio", ratio(traffic));
        figures.put("hitRatioBefore", ratio(before));
        figures.put("savedPromptTokens", before.computedTokens() - traffic.computedTokens());
        double millions = Math.max(traffic.servedTokens(), 1) / 1e6;
        if (bought != null) {
            Prices prices = new Prices(bought.prompt, bought.answer, bought.write, bought.read);
            figures.put("boughtWithoutCaching", prices.uncached(traffic));
            figures.put("boughtBefore", prices.of(before));
            figures.put("bought", prices.of(traffic));
            figures.put("boughtPerMillionServed", prices.of(traffic) / millions);
        }
        if (served != null) {
            ServingCost own = new ServingCost(
                    served.gpus, served.gpuHour, served.reserved, served.promptPerSecond, served.answerPerSecond);
            double busy = own.busyHours(traffic);
            double busyBefore = own.busyHours(before);
            figures.put("busyHoursBefore", busyBefore);
            figures.put("busyHours", busy);
            figures.put("gpuSecondsSaved", (busyBefore - busy) * served.gpus * 3600);
            figures.put("payAsYouGoBefore", own.onDemand(busyBefore));
            figures.put("payAsYouGo", own.onDemand(busy));
            figures.put("payAsYouGoPerMillionServed", own.onDemand(busy) / millions);
            figures.put("reserved", own.reserved(served.hours));
            figures.put("reservedPerMillionServed", own.reserved(served.hours) / millions);
            figures.put("reservedIsCheaperAboveBusyHours", served.hours * served.reserved);
        }
    }

    /** A name of the JSON for people: {@code payAsYouGo} is "pay as you go". */
    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    private static double ratio(Traffic traffic) {
        return traffic.promptTokens() == 0 ? 0 : traffic.cachedTokens() / traffic.promptTokens();
    }
}
