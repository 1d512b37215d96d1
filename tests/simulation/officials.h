/* Those who change the election while reports fly: its phase, and behind everybody's back its generation and register. */
#ifndef TURNOUT_SIMULATION_OFFICIALS_H
#define TURNOUT_SIMULATION_OFFICIALS_H

void officials_begin(void);
void officials_start(void);
void officials_end(void);

/* Opens the election, if it is not, and goes on until it is. */
void officials_open(void);

#endif
