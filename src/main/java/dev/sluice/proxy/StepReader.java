package dev.sluice.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sluice.admission.Arrival;
import dev.sluice.agent.BadIdentityException;
import dev.sluice.agent.Fingerprint;
import dev.sluice.agent.Identity;
import dev.sluice.agent.IdentityRules;
import dev.sluice.agent.TenantKeys;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import dev.sluice.config.IdentityConfig;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes steps of governed requests: what they say and who asks. Thread-safe. */
final class StepReader {

    private static final String PROGRAM = "program_id";

    /** Our field, or that of Dynamo's or llm-d's clients. */
    private static final List<AsciiString> LAST = Stream.of("sluice-end", "x-dynamo-session-final", "x-session-final")
            .map(AsciiString::cached)
            .toList();

    private static final AsciiString RETRIES = AsciiString.cached("x-stainless-retry-count");

    private final Map<String, AsciiString> names = new ConcurrentHashMap<>();
    private final IdentityRules identities;
    private final RequestReader releases = new RequestReader(Set.of(PROGRAM));
    private final RequestReader requests;
    private final AtomicLong serial;
    private final Set<String> ownFields;
    private final Supplier<TenantKeys> keys;
    private final Supplier<EngineHabits> habits;

    /**
     * @param serial numbers the requests without an identity; shared with the readers before and after this one
     * @param keys of tenants, as they are in force
     * @param habits of the engine: fields meant for us are taken out of bodies where it refuses them
     */
    StepReader(IdentityConfig config, AtomicLong serial, Supplier<TenantKeys> keys, Supplier<EngineHabits> habits) {
        this.serial = serial;
        this.keys = keys;
        this.habits = habits;
        ownFields = Set.copyOf(config.strip());
        identities = new IdentityRules(config, keys);
        requests = new RequestReader(identities.bodyPaths());
    }

    /** Whether the sender of these fields may use the engine. */
    boolean admits(HttpHeaders fields) {
        TenantKeys known = keys.get();
        return !known.isNeeded() || known.tenantOf(fields::get) != null;
    }

    /**
     * Reads one request.
     *
     * @param certified the name in its client's certificate; null if that counts for nothing
     * @param collected the whole body; the step takes it, unless this throws
     */
    Step read(Route route, HttpHeaders fields, @Nullable String certified, BodyCollector collected)
            throws BadRequestException, BadIdentityException {
        ByteBuf body = collected.whole();
        RequestFacts facts = requests.read(route, body, habits.get().refusesUnknownFields() ? ownFields : Set.of());
        Identity identity = identities.identify(fieldsOf(fields, certified), facts.identity(), serial::incrementAndGet);
        Arrival arrival = new Arrival(
                identity.agentId(),
                identity.source(),
                identity.tenant(),
                identity.parentId(),
                identity.anonymous(),
                facts.started(),
                body.readableBytes(),
                facts.maxOutputTokens(),
                identity.anonymous(),
                facts.streamed());
        boolean isRepeated = isRepeated(fields);
        if (isLast(fields)) {
            arrival = arrival.asLast();
        }
        if (isRepeated) {
            arrival = arrival.asAgain();
        }
        Fingerprint print = identity.fingerprint(facts.chain(), isRepeated);
        return new Step(facts, arrival, print, collected.take());
    }

    /**
     * A client says that a program has ended.
     *
     * @param program its id, as the client sent it
     * @param agentIds agents that it may name
     */
    record Release(String program, List<String> agentIds) {

        /** As ThunderAgent answers. */
        String answer(boolean isReleased) {
            return "{\"program_id\":\""
                    + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(program)) + "\",\"released\":"
                    + isReleased + "}";
        }
    }

    /** Names come from the rules alone, and with hashes of their own they are found sooner. */
    private Function<String, @Nullable String> fieldsOf(HttpHeaders fields, @Nullable String certified) {
        return name -> name.equals(IdentityRules.CERTIFICATE)
                ? certified
                : fields.get(names.computeIfAbsent(name, AsciiString::cached));
    }

    /**
     * Reads that a program has ended.
     *
     * @param certified as in {@link #read}
     * @param body not taken
     */
    Release readRelease(HttpHeaders fields, @Nullable String certified, ByteBuf body)
            throws BadRequestException, BadIdentityException {
        String program = releases.read(Route.COMPLETIONS, body).identity().get(PROGRAM);
        if (program == null) {
            throw new BadRequestException("program_id: none (expected: the id that the program's requests carried)");
        }
        return new Release(program, identities.agentsOfSession(fieldsOf(fields, certified), program));
    }

    private static boolean isLast(HttpHeaders fields) {
        for (AsciiString name : LAST) {
            String value = fields.get(name);
            if ("true".equalsIgnoreCase(value) || "1".equals(value)) {
                return true;
            }
        }
        return false;
    }

    /** The SDKs of both APIs count how often they have asked before. */
    private static boolean isRepeated(HttpHeaders fields) {
        String count = fields.get(RETRIES);
        return count != null && !count.equals("0");
    }
}
