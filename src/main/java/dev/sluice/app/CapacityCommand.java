package dev.sluice.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.LawConfig;
import dev.sluice.plan.Capacity;
import dev.sluice.plan.Deployment;
import dev.sluice.plan.KvFormat;
import dev.sluice.plan.Machine;
import dev.sluice.plan.Model;
import dev.sluice.plan.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code capacity FILE}: how many agents fit into the KV cache of a model on a machine. */
@Command(name = "capacity", description = "Tells how many agents fit into the KV cache of a model on a machine.")
final class CapacityCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 20;
    private static final double GIB = 1 << 30;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model's config.json.")
    private Path file;

    @Option(names = "--gpus", paramLabel = "N", defaultValue = "1", description = "Ranks of tensor parallelism (1).")
    private int gpus;

    @Option(
            names = "--gpu-memory-gib",
            paramLabel = "GIB",
            defaultValue = "80",
            description = "Memory of one GPU (${DEFAULT-VALUE}).")
    private double gpuMemoryGib;

    @Option(
            names = "--memory-share",
            paramLabel = "RATIO",
            defaultValue = "0.92",
            description = "Of it for the engine, as --gpu-memory-utilization has it (${DEFAULT-VALUE}).")
    private double memoryRatio;

    @Option(
            names = "--reserved-gib",
            paramLabel = "GIB",
            defaultValue = "3",
            description = "Of that, on each GPU, for activations and graphs: an estimate (${DEFAULT-VALUE}).")
    private double reservedGib;

    @Option(
            names = "--weights-gib",
            paramLabel = "GIB",
            description = "All weights, as their files are large; counted from the model's shape if not given.")
    private @Nullable Double weightsGib;

    @Option(
            names = "--weight-dtype",
            paramLabel = "TYPE",
            description = "Of the weights, if they are counted; as the file says if not given.")
    private @Nullable String weightType;

    @Option(
            names = "--kv-dtype",
            paramLabel = "TYPE",
            defaultValue = "bf16",
            description = "Of the cache: fp32, bf16, fp16, fp8, int8, fp4, int4, int2 (${DEFAULT-VALUE}).")
    private String kvType = "";

    @Option(
            names = "--kv-compression",
            paramLabel = "FACTOR",
            defaultValue = "1",
            description = "What else makes the cache smaller: dropped tokens, sparse attention (${DEFAULT-VALUE}).")
    private double compression;

    @Option(
            names = "--offload-gib",
            paramLabel = "GIB",
            defaultValue = "0",
            description = "Second tier in host memory, for all GPUs together (${DEFAULT-VALUE}).")
    private double offloadGib;

    @Option(
            names = "--agent-tokens",
            paramLabel = "N",
            defaultValue = "32768",
            description = "Context of an agent (${DEFAULT-VALUE}).")
    private long agentTokens;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Model model;
        Deployment deployment;
        Capacity capacity;
        try {
            model = Model.of(read());
            deployment = deployment(model);
            capacity = deployment.capacity(agentTokens, budgetRatio());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object(deployment, capacity)) : "");
        out.print(json ? System.lineSeparator() : table(deployment, capacity));
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private JsonNode read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return JSON.readTree(in.readNBytes(MOST_BYTES));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": no JSON (expected: a model's config.json)", e);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read (expected: a model's config.json)", e);
        }
    }

    private Deployment deployment(Model model) {
        double weightBytes = weightType == null
                ? model.weightBytes()
                : Precision.named(weightType).bytes();
        double weights = weightsGib == null ? model.parameters() * weightBytes : weightsGib * GIB;
        KvFormat plain = KvFormat.of(Precision.named(kvType));
        return new Deployment(
                model,
                new KvFormat(plain.elementBytes(), compression, plain.stateBytes()),
                new Machine(gpus, gpuMemoryGib * GIB, memoryRatio, reservedGib * GIB, offloadGib * GIB),
                weights);
    }

    /** What newcomers may fill by default. */
    private static double budgetRatio() {
        LawConfig.WorkingSet law = LawConfig.WorkingSet.DEFAULT;
        return law.startedBudget() * law.doorBudget();
    }

    private static String table(Deployment deployment, Capacity capacity) {
        Model model = deployment.model();
        StringBuilder table = new StringBuilder();
        line(table, "model", model.name() + ", " + layers(model));
        line(table, "parameters", "%.1f billion", model.parameters() / 1e9);
        line(table, "weights", "%.1f GiB", deployment.weightsBytes() / GIB);
        line(
                table,
                "KV cache",
                "%.1f GiB on %d GPU(s)",
                capacity.poolBytes() / GIB,
                deployment.machine().gpus());
        line(table, "per token", "%,.0f bytes", deployment.footprint().bytesPerToken());
        line(table, "pool", "%,d tokens", capacity.poolTokens());
        line(table, "an agent", "%,d tokens, %.2f GiB", capacity.agentTokens(), capacity.agentBytes() / GIB);
        line(
                table,
                "agents",
                "%,d fit; %,d live at once by Sluice's default budget of %.3f",
                capacity.agents(),
                capacity.governedAgents(),
                budgetRatio());
        if (capacity.offloadAgents() > 0) {
            line(table, "second tier", "holds the prefixes of %,d more", capacity.offloadAgents());
        }
        line(
                table,
                "longest context",
                "%,d tokens, %s",
                capacity.contextCeilingTokens(),
                capacity.isModelCeiling() ? "the model's" : "which the pool alone can hold");
        if (capacity.poolBytes() == 0) {
            line(table, "note", "the weights do not fit: more GPUs, a larger share, or fewer bits");
        } else if (model.linearLayers() > 0 && model.stateElements() == 0) {
            line(table, "note", "the file does not tell the size of linear layers' state: it is not counted");
        }
        return table.toString();
    }

    private static String layers(Model model) {
        StringBuilder layers = new StringBuilder();
        layers.append(model.fullLayers()).append(" full");
        if (model.slidingLayers() > 0) {
            layers.append(" + ")
                    .append(model.slidingLayers())
                    .append(" sliding (")
                    .append(model.windowTokens());
            layers.append(" tokens)");
        }
        if (model.linearLayers() > 0) {
            layers.append(" + ").append(model.linearLayers()).append(" linear");
        }
        return layers.append(" attention layers").toString();
    }

    private static void line(StringBuilder table, String what, String format, Object... values) {
        table.append(String.format(Locale.ROOT, "%-16s ", what))
                .append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append(System.lineSeparator());
    }

    private static ObjectNode object(Deployment deployment, Capacity capacity) {
        Model model = deployment.model();
        ObjectNode object = JSON.createObjectNode()
                .put("model", model.name())
                .put("fullLayers", model.fullLayers())
                .put("slidingLayers", model.slidingLayers())
                .put("linearLayers", model.linearLayers())
                .put("parameters", model.parameters())
                .put("weightsBytes", deployment.weightsBytes())
                .put("bytesPerToken", deployment.footprint().bytesPerToken());
        object.setAll((ObjectNode) JSON.valueToTree(capacity));
        return object.put("budgetRatio", budgetRatio());
    }
}
