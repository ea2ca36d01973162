/** What the gate decided, event by event: the records, their JSON lines, and the rotating file of them. */
@NullMarked
package dev.sluice.decision;

import org.jspecify.annotations.NullMarked;
