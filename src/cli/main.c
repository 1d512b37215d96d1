/* `turnout`, the command for people: sets up the process, then runs the named command. */
#include <signal.h>
#include <stdio.h>

#include <sodium.h>

#include "commands.h"

int main(int argc, char **argv)
{
    /* A reader or server that goes away must fail one write, not end the process. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        perror("turnout: signal");
        return EXIT_FAILED;
    }
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "turnout: libsodium does not work here\n");
        return EXIT_FAILED;
    }
    return commands_run(argc, argv, TURNOUT_VERSION);
}
