/** Who may run: agents, the admission state machine, the wait queue, verdicts and endings. Pure: no clock, no thread, no log. */
@NullMarked
package dev.sluice.admission;

import org.jspecify.annotations.NullMarked;
