package dev.sluice.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Waiting steps in turn: among the tenants by {@link TenantShares}, within a tenant by wait. Confined to the gate loop. */
final class Lane {

    static final Comparator<Step> BY_WAIT = (one, other) -> one.queuedSinceNanos != other.queuedSinceNanos
            ? Long.compare(one.queuedSinceNanos, other.queuedSinceNanos)
            : Long.compare(one.id, other.id);

    private final TenantShares shares;

    // Tenants without a step are not kept.
    private final Map<String, TreeSet<Step>> byTenant = new TreeMap<>();

    Lane(TenantShares shares) {
        this.shares = shares;
    }

    void add(Step step) {
        byTenant.computeIfAbsent(step.agent.tenant, tenant -> new TreeSet<>(BY_WAIT))
                .add(step);
    }

    void remove(Step step) {
        byTenant.computeIfPresent(step.agent.tenant, (tenant, steps) -> {
            steps.remove(step);
            return steps.isEmpty() ? null : steps;
        });
    }

    /** The step whose turn is next. */
    @Nullable
    Step first() {
        Step first = null;
        double least = Double.POSITIVE_INFINITY;
        double seat = seatTokens();
        for (Map.Entry<String, TreeSet<Step>> tenant : byTenant.entrySet()) {
            double share = shares.share(tenant.getKey(), seat);
            if (share < least) {
                least = share;
                first = tenant.getValue().first();
            }
        }
        return first;
    }

    /** The mean of the steps whose turn may be next: the same for all tenants, so that large steps are not passed over. */
    private double seatTokens() {
        double sum = 0;
        for (TreeSet<Step> steps : byTenant.values()) {
            sum += steps.first().footprintTokens;
        }
        return sum / Math.max(1, byTenant.size());
    }

    /** The step that has waited least. */
    @Nullable
    Step last() {
        return byTenant.values().stream().map(TreeSet::last).max(BY_WAIT).orElse(null);
    }

    /** All steps by wait. */
    List<Step> byWait() {
        List<Step> steps = new ArrayList<>();
        byTenant.values().forEach(steps::addAll);
        if (byTenant.size() > 1) {
            steps.sort(BY_WAIT);
        }
        return steps;
    }
}
