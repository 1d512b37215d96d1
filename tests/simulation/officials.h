/* Those who change the election while reports fly: its phase, mode and register, and behind everybody's back its
 * generation. */
#ifndef TURNOUT_SIMULATION_OFFICIALS_H
#define TURNOUT_SIMULATION_OFFICIALS_H

#include <stdint.h>

void officials_begin(void);
void officials_start(void);
void officials_end(void);

/* Opens the election, if it is not, and ends a change of its register that was interrupted; goes on until it is so. */
void officials_open(void);

/* Registers and modes that were answered to be in force are, and what was shown is there where figures are held
 * back. */
void officials_check_stands(void);

/* The register of the province before it had one that no server has; REGISTER_UNKNOWN where it has none such. */
uint32_t officials_register_before(uint32_t province);

/* How many registers were taken up, and how many changes went back because a unit had reported. */
uint64_t officials_taken_up(void);
uint64_t officials_gone_back(void);

#endif
