package dev.sluice.agent;

import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells agents apart by what their clients send: the first source of the configured order that holds a usable value.
 *
 * <p>An agent's id is a digest of tenant, credential, source and value, so equal values from different sources, or under
 * different credentials, are different agents.
 * A parent is named by the value that its own requests carry in the child's source; its id is derived from that alone,
 * seen before or not.
 *
 * <p>Our own fields are held to their rules; odd values in fields of others are passed over, as if they were not there.
 *
 * <p>Immutable and thread-safe.
 */
public final class IdentityRules {

    /** Our own request fields, lower case; the engine does not get them. */
    public static final Set<String> OWN_FIELDS = Set.of("sluice-agent", "sluice-parent", "sluice-tenant", "sluice-end");

    /** The tenant of all who name none, or are not trusted to. */
    public static final String DEFAULT_TENANT = "default";

    /** What no client can send as the name of a field: the name that its certificate bears, where that is its tenant. */
    public static final String CERTIFICATE = ":certificate";

    private static final String HEADER = "header:";
    private static final String BODY = "body:";
    private static final String OWN = "header:sluice-agent";
    private static final String CLAUDE_CODE = "header:x-claude-code-session-id";
    private static final String CLAUDE_CODE_USER = "body:metadata.user_id";

    /** What the clients of these name is a person or a program, not one session. */
    private static final Set<String> PERSONS = Set.of("body:user", "body:prompt_cache_key", CLAUDE_CODE_USER);

    /** Where a client that is known by the one names the parent. */
    private static final Map<String, String> PARENT_FIELDS = Map.of(
            "header:x-dynamo-session-id", "x-dynamo-parent-session-id",
            "header:thread-id", "x-codex-parent-thread-id",
            "header:x-session-affinity", "x-parent-session-id",
            "header:x-session-id", "x-parent-session-id",
            "header:x-opencode-session", "x-parent-session-id");

    private static final int MAX_VALUE_CHARS = 1024;
    private static final int ID_BYTES = 12;
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Where an id may stand, and the name of the field or the path there. */
    private record Source(String label, boolean isField, String place) {

        static Source of(String label) {
            boolean isField = label.startsWith(HEADER);
            return new Source(label, isField, label.substring((isField ? HEADER : BODY).length()));
        }
    }

    private final List<Source> sources;
    private final Set<String> bodyPaths;
    private final boolean trustsTenantField;
    private final @Nullable CredentialScope scope;
    private final Supplier<TenantKeys> keys;

    /** Without keys. */
    public IdentityRules(IdentityConfig config) {
        this(config, () -> TenantKeys.NONE);
    }

    /** @param keys those in force; where keys are needed, they alone tell the tenant */
    public IdentityRules(IdentityConfig config, Supplier<TenantKeys> keys) {
        this.keys = keys;
        this.sources = config.order().stream()
                .map(IdentityRules::normalized)
                .distinct()
                .map(Source::of)
                .toList();
        this.bodyPaths = sources.stream()
                .filter(source -> !source.isField)
                .map(Source::place)
                .collect(Collectors.toUnmodifiableSet());
        this.trustsTenantField = config.trustTenantHeader();
        this.scope = config.scopeByCredential() ? new CredentialScope() : null;
    }

    private static String normalized(String source) {
        if (source.startsWith(HEADER) && source.length() > HEADER.length()) {
            return source.toLowerCase(Locale.ROOT);
        }
        if (source.startsWith(BODY) && source.length() > BODY.length()) {
            return source;
        }
        throw new IllegalArgumentException("order: " + source + " (expected: header:NAME or body:PATH)");
    }

    /** The body fields that the rules look at, dots between the names on the way. */
    public Set<String> bodyPaths() {
        return bodyPaths;
    }

    /**
     * Whose step a request is.
     *
     * @param fields the first value of a request field by its name in lower case, null if there is none
     * @param bodyFields values of {@link #bodyPaths} that are present
     * @param serial gives each request that nobody claims a number of its own
     * @throws BadIdentityException if one of our own fields breaks its rule
     */
    public Identity identify(
            Function<String, @Nullable String> fields, Map<String, String> bodyFields, LongSupplier serial)
            throws BadIdentityException {
        String tenant = tenant(fields);
        Circle circle = new Circle(tenant, scope == null ? "" : scope.of(fields));
        String ownParent = ownField(fields, "sluice-parent");
        for (Source source : sources) {
            String label = source.label;
            String value = label.equals(OWN) ? ownField(fields, "sluice-agent") : value(source, fields, bodyFields);
            if (value != null) {
                return circle.identity(label, value, whoIs(label, bodyFields), fields, ownParent);
            }
        }
        String parentId = ownParent == null ? null : circle.agentId(OWN, ownParent);
        return new Identity(
                "s-" + serial.getAsLong(), "none", tenant, parentId, true, Who.NOBODY, circle.realm("", ""));
    }

    /**
     * The agents of a session, whatever source of the order its id came from.
     *
     * @param fields of the request that tells the id: tenant and credential count
     * @throws BadIdentityException as {@link #identify}
     */
    public List<String> agentsOfSession(Function<String, @Nullable String> fields, String id)
            throws BadIdentityException {
        Circle circle = new Circle(tenant(fields), scope == null ? "" : scope.of(fields));
        return sources.stream()
                .map(Source::label)
                .filter(source -> !PERSONS.contains(source))
                .map(source -> circle.agentId(source, id))
                .toList();
    }

    private static @Nullable Who whoIs(String source, Map<String, String> bodyFields) {
        if (source.equals(OWN)) {
            return null;
        }
        boolean isSession = !PERSONS.contains(source)
                || (source.equals(CLAUDE_CODE_USER)
                        && ClaudeCodeUser.isOne(bodyFields.getOrDefault("metadata.user_id", "")));
        return isSession ? Who.SESSION : Who.PERSON;
    }

    private String tenant(Function<String, @Nullable String> fields) throws BadIdentityException {
        if (keys.get().isNeeded()) {
            String owner = keys.get().tenantOf(fields);
            return owner == null ? DEFAULT_TENANT : owner;
        }
        String certified = fields.apply(CERTIFICATE);
        if (certified != null) {
            return TENANT.matcher(certified).matches() ? certified : DEFAULT_TENANT;
        }
        String tenant = trustsTenantField ? fields.apply("sluice-tenant") : null;
        if (tenant == null) {
            return DEFAULT_TENANT;
        }
        if (!TENANT.matcher(tenant).matches()) {
            throw new BadIdentityException(
                    "Sluice-Tenant: unusable (expected: 1 to 64 letters, digits, '.', '_', '-')");
        }
        return tenant;
    }

    private static @Nullable String ownField(Function<String, @Nullable String> fields, String name)
            throws BadIdentityException {
        String sent = fields.apply(name);
        if (sent == null) {
            return null;
        }
        String value = usable(sent);
        if (value == null) {
            String spelled = name.equals("sluice-agent") ? "Sluice-Agent" : "Sluice-Parent";
            throw new BadIdentityException("%s: unusable (expected: 1 to %d bytes, no control characters)"
                    .formatted(spelled, MAX_VALUE_CHARS));
        }
        return value;
    }

    private static @Nullable String value(
            Source source, Function<String, @Nullable String> fields, Map<String, String> bodyFields) {
        if (source.isField) {
            return usable(fields.apply(source.place));
        }
        String value = usable(bodyFields.get(source.place));
        return value != null && source.label.equals(CLAUDE_CODE_USER) ? ClaudeCodeUser.sessionOf(value) : value;
    }

    private static @Nullable String usable(@Nullable String value) {
        boolean isUsable =
                value != null && !value.isEmpty() && value.length() <= MAX_VALUE_CHARS && !hasControls(value);
        return isUsable ? value : null;
    }

    private static boolean hasControls(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Within what ids are compared. */
    private record Circle(String tenant, String scope) {

        Identity identity(
                String source,
                String value,
                @Nullable Who who,
                Function<String, @Nullable String> fields,
                @Nullable String ownParent) {
            String self = value;
            String parent = null;
            if (source.equals(CLAUDE_CODE)) {
                // Agents of one session share its id; only the session's own agent has no id beside it.
                String subAgent = usable(fields.apply("x-claude-code-agent-id"));
                if (subAgent != null) {
                    String above = usable(fields.apply("x-claude-code-parent-agent-id"));
                    self = value + '\n' + subAgent;
                    parent = above == null ? value : value + '\n' + above;
                }
            } else if (PARENT_FIELDS.containsKey(source)) {
                parent = usable(fields.apply(PARENT_FIELDS.get(source)));
            }
            if (ownParent != null) {
                parent = ownParent;
            }
            String parentId = parent == null || parent.equals(self) ? null : agentId(source, parent);
            byte[] digest = digest(source, self);
            return new Identity(agentId(digest), source, tenant, parentId, false, who, realm(digest));
        }

        String agentId(String source, String value) {
            return agentId(digest(source, value));
        }

        long realm(String source, String value) {
            return realm(digest(source, value));
        }

        private static String agentId(byte[] digest) {
            return "a-" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
        }

        private static long realm(byte[] digest) {
            return ByteBuffer.wrap(digest).getLong(ID_BYTES);
        }

        private byte[] digest(String source, String value) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                // A line end cannot occur in tenant, scope or source: no two of them read the same.
                String whole = tenant + '\n' + scope + '\n' + source + '\n' + value;
                return digest.digest(whole.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
