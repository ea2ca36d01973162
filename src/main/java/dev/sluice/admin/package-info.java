/** The admin port: live page, state, agents, metrics, health; changes of mode and the end of agents. */
@NullMarked
package dev.sluice.admin;

import org.jspecify.annotations.NullMarked;
