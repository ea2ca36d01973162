package dev.sluice.engine;

import dev.sluice.config.EngineConfig.Kind;
import java.util.Set;

/**
 * How one kind of engine names its figures, and what it means by them. Immutable.
 *
 * @param kind the engine
 * @param owner whom {@code /v1/models} names as the owner of its models; empty if that tells nothing
 * @param path of its metrics page
 * @param aboutPath of a JSON page whose numbers stand in the table too, read once; empty if there is none
 * @param table its families
 * @param traits its habits
 * @param hint what an operator can do if its page is missing or tells nothing
 */
record Dialect(
        Kind kind, String owner, String path, String aboutPath, FamilyTable table, Set<Trait> traits, String hint) {

    Dialect {
        traits = Set.copyOf(traits);
    }
}
