package dev.sluice.engine;

import dev.sluice.control.EngineSample;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How one kind of engine names its metrics, and what it means by them. Implementations are stateless. */
interface EngineDialect {

    /** All that we speak. */
    List<EngineDialect> ALL = List.of(new VllmDialect());

    /** The engine's name: lower case, for people and for the state of the admin port. */
    String kind();

    /** A translator for one page. */
    Translator translator();

    /** Takes in the series of one page and then says what they mean. Used for one page, by one thread. */
    interface Translator extends Consumer<Series> {

        /** The reading, or nothing if no series was this engine's. */
        Optional<EngineSample> sample(long takenAtNanos);
    }
}
