/* `turnout export` beside a turnoutd that runs, and `turnout verify` of it with neither: sound as it is; and whatever
 * is changed in it is named by its place. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "shell.h"
#include "shell_page.h"
#include "signed_day.h"
#include "suite.h"

static char export[WORKSPACE_PATH_BYTES];

static void start_for_export(void)
{
    start();
    workspace_path(&workspace, "export", export);
}

static void start_and_export(void)
{
    start_for_export();
    have_a_day();
    command_check(&workspace, 0, "14 lines of the log, 2 bulletins of small", NULL, "export", export,
                  "--election", election, "--data", data, NULL);
}

SHARED_FIXTURE(start_and_export, stop);
TIMEOUT(60);

TEST(what_was_exported_is_sound)
{
    command_check(&workspace, 0, "small: sound\n", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "bulletin 1 (09:00): 160 of 6150, recomputed", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "bulletin 2 (11:00): 300 of 7150, recomputed", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "14 lines of the log, 10 valid signatures of reports", NULL, "verify",
                  export, NULL);
}

TEST(what_was_not_checked_is_said)
{
    command_check(&workspace, 0, "  1 reports that an office vouched for", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "  3 decisions of committees", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "  1 lines of the log after the newest bulletin", NULL, "verify", export,
                  NULL);
}

/* No telephone number, no secret. */
TEST(it_is_an_election_s_folder)
{
    command_check(&workspace, 0, "7 areas, 10 units, 6150 registered, 4 keys", NULL, "register", "check",
                  export, NULL);
    shell(&workspace, "! ls export | grep secret");
    command_check(&workspace, 1, NULL, "exists", "export", export, "--election", election, "--data", data,
                  NULL);
}

/* ---- tampering ---- */

/* What is done to a copy, and what is said of it. */
static const struct {
    const char *how;
    const char *said;
} tampered[] = {
    /* a digit in a file */
    {"sed -i 's/^0101-001,2000,130,/0101-001,2000,131,/' bulletin-2/areas/0101.csv",
     "bulletin-2/areas/0101.csv: is not the file whose SHA-256 bulletin-2/areas/01.csv names\n"},
    {"sed -i 's/^0101,/0101,1/' bulletin-1/areas/01.csv",
     "bulletin-1/areas/01.csv: is not the file whose SHA-256 bulletin-1/areas/T.csv names\n"},
    {"sed -i 's/^01,/01,1/' bulletin-1/areas/T.csv",
     "bulletin-1/areas/T.csv: is not the file whose SHA-256 bulletin-1/bulletin.txt names\n"},
    /* a line of the log removed: where another one is missed, and where none is */
    {"sed -i 1d log/0101.jsonl", "log/0101.jsonl: line 2: "},
    {"sed -i 2d log/0101.jsonl", "log/0101.jsonl: lines 1 to 3: changed, removed or in another order"},
    {"sed -i '$d' log/0102.jsonl",
     "log/0102.jsonl: ends after line 2, but bulletin-2/areas/0102.csv was made from 3"},
    {"sed -i '$d' log/0101.jsonl", "log/0101.jsonl: has 7 lines that lead to "},
    /* two swapped: of one unit, and of two */
    {"sed -i '1{h;d};4G' log/0101.jsonl", "log/0101.jsonl: line 2: "},
    {"sed -i '1{h;d};2G' log/0101.jsonl",
     "log/0101.jsonl: lines 1 to 3: changed, removed or in another order"},
    /* a signature, and what is signed */
    {"sed -i '1s/\"sig\":\"./\"sig\":\"%/' log/0201.jsonl", "log/0201.jsonl: line 1: "},
    {"sed -i '1s/\"voted\":10/\"voted\":11/' log/0201.jsonl",
     "log/0201.jsonl: line 1: not the signature of this report by the key office\n"},
    {"sed -i '2s/\"voted\":30/\"voted\":31/' log/0201.jsonl",
     "log/0201.jsonl: lines 2 to 3: changed, removed or in another order"}, /* which nobody has signed */
    {"sed -i '/^office/s/,2040.*+07:00/,2020-01-01T00:00:00+07:00/' keys.csv",
     "log/0201.jsonl: line 1: when the report came, the key office "},
    {"sed -i /^office/d keys.csv", "log/0201.jsonl: line 1: no key office in keys.csv\n"},
    {"printf '%064d' 0 >bulletin-2/bulletin.sig",
     "bulletin-2/bulletin.sig: is not the signature of bulletin.txt"},
    /* a bulletin replaced */
    {"rm -r bulletin-2 && cp -r bulletin-1 bulletin-2",
     "bulletin-2/bulletin.txt: line 3: it is another bulletin"},
    {"sed -i '4s/.*/09:01/' bulletin-1/bulletin.txt",
     "bulletin-2/bulletin.txt: line 6: the bulletin before it is another one\n"},
    {"rm -r bulletin-2", "bulletin-2/bulletin.txt: "},
    /* a commune's file taken from another bulletin */
    {"cp bulletin-1/areas/0201.csv bulletin-2/areas",
     "bulletin-2/areas/0201.csv: is not the file whose SHA-256 bulletin-2/areas/02.csv names\n"},
    /* the register */
    {"sed -i 's/^0201-004,\\(.*\\),2000/0201-004,\\1,2001/' units.csv",
     "bulletin-1/areas/0201.csv: line 5: \"0201-004,2000,0,,,,\" should be \"0201-004,2001,0,,,,\"\n"},
    {"sed -i /^0102-003/d units.csv",
     "bulletin-1/areas/0102.csv: line 4: \"0102-003,0,0,,,,\" should be \"0102,"},
    /* what is not there, and what is none */
    {"rm log/0202.jsonl", "log/0202.jsonl: "},
    {"rm export.txt", "export.txt: "},
    {"echo x >>ledger.jsonl", "ledger.jsonl: line 2: not a line of a ledger\n"},
    {"echo x >>log.csv", "log.csv: line 6: "},
    {"echo '{}' >keys.json", "keys.json: has no public key\n"},
};

LOOP_TEST(tampering_is_named_with_its_place, COUNT(tampered))
{
    char command[512];
    char copy[WORKSPACE_PATH_BYTES];
    char name[32];
    int length = snprintf(name, sizeof name, "copy-%d", _i);
    ck_assert(length > 0 && length < (int)sizeof name);
    length = snprintf(command, sizeof command, "cp -r export %s && cd %s && %s && ! diff -rq ../export .",
                      name, name, tampered[_i].how);
    ck_assert(length > 0 && length < (int)sizeof command);
    shell(&workspace, command);
    workspace_path(&workspace, name, copy);
    command_check(&workspace, 1, NULL, tampered[_i].said, "verify", copy, NULL);
}

/* ---- without our programs ---- */

TEST(a_shell_checks_a_bulletin_of_an_export)
{
    shell_extract(&workspace, "/proto/export.md", "lists");
    shell_extract(&workspace, "/proto/bulletin.md", "check");
    shell(&workspace,
          "cp -r export shell && cd shell && export number=2 && sh -eu ../lists && sh -eu ../check");
    shell(&workspace, "cd shell && sed -i '2s/130/131/' bulletin-2/areas/0101.csv && export number=2 && "
                      "! sh -eu ../check 2>/dev/null");
}

TEST(a_shell_follows_the_chain_of_a_log)
{
    shell_extract(&workspace, "/proto/export.md", "log");
    shell(&workspace, "cp -r export chain && cd chain && export number=2 commune=0101 && sh -eu ../log");
    shell(&workspace, "cd chain && export number=2 commune=0202 && sh -eu ../log");
    shell(&workspace,
          "cd chain && sed -i 2d log/0101.jsonl && export number=2 commune=0101 && ! sh -eu ../log");
}

/* ---- one unit ---- */

/* The receipt of a unit in a bulletin. */
static void read_receipt(int number, const char *unit, char ret_receipt[RECEIPT_BYTES])
{
    char command[128];
    (void)snprintf(command, sizeof command,
                   "awk -F , '$1 == \"%s\" { printf \"%%s\", $7 }' export/bulletin-%d/areas/%.4s.csv", unit,
                   number, unit);
    char *said = shell_says(&workspace, command, 0);
    ck_assert(slice_copy(slice_of(said), ret_receipt, RECEIPT_BYTES));
    free(said);
}

TEST(a_unit_s_way_leads_to_the_nation)
{
    char receipt[RECEIPT_BYTES];
    read_receipt(2, "0101-001", receipt);
    command_check(&workspace, 0,
                  "bulletin 2 (11:00) holds this report:\n  unit      0101-001: 130 of 2000, report 3", NULL,
                  "verify", export, "--unit", "0101-001", "--receipt", receipt, NULL);
    command_check(&workspace, 0, "  nation    T: 300 of 7150", NULL, "verify", export, "--unit", "0101-001",
                  "--receipt", receipt, NULL);
    read_receipt(1, "0101-001", receipt);
    command_check(&workspace, 0, "bulletin 1 (09:00) holds this report:", NULL, "verify", export, "--unit",
                  "0101-001", "--receipt", receipt, NULL);
    command_check(&workspace, 1, NULL, "no bulletin has a report of unit 0101-002 with the receipt", "verify",
                  export, "--unit", "0101-002", "--receipt", receipt, NULL);
}

TEST(nothing_else_is_looked_at)
{
    char receipt[RECEIPT_BYTES];
    char copy[WORKSPACE_PATH_BYTES];
    read_receipt(2, "0101-001", receipt);
    shell(&workspace, "cp -r export way && rm -r way/log way/bulletin-2/areas/02*");
    workspace_path(&workspace, "way", copy);
    command_check(&workspace, 0, "holds this report", NULL, "verify", copy, "--unit", "0101-001", "--receipt",
                  receipt, NULL);
    shell(&workspace, "sed -i 's/,130,/,13,/' way/bulletin-2/areas/0101.csv");
    command_check(&workspace, 1, NULL, "bulletin-2/areas/0101.csv: is not the file", "verify", copy, "--unit",
                  "0101-001", "--receipt", receipt, NULL);
}

/* A copy of the export in which a sed script has changed the file of commune 0101 in bulletin 2: by whoever has made it
 * and signs it with a key of their own. */
static void forge(const char *name, const char *script, char ret_copy[WORKSPACE_PATH_BYTES])
{
    struct buffer command = {0};
    buffer_printf(
        &command,
        "cp -r export %s && cd %s && openssl genpkey -algorithm ed25519 -out key.pem && "
        "sed -i '%s' bulletin-2/areas/0101.csv && "
        "last=areas/0101.csv && for above in areas/01.csv areas/T.csv bulletin.txt; do "
        "  old=$(sha256sum <../export/bulletin-2/$last | cut -c 1-64); "
        "  new=$(sha256sum <bulletin-2/$last | cut -c 1-64); "
        "  sed -i s/$old/$new/ bulletin-2/$above; last=$above; done && "
        "openssl pkeyutl -sign -rawin -inkey key.pem -in bulletin-2/bulletin.txt "
        "  -out bulletin-2/bulletin.sig && "
        "public_key=$(openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | openssl base64 -A | "
        "  tr '+/' '-_' | tr -d '=') && "
        "sed -i 's/\"public_key\":\"[^\"]*/\"public_key\":\"'$public_key/ keys.json",
        name, name, script);
    shell(&workspace, command.bytes);
    buffer_done(&command);
    workspace_path(&workspace, name, ret_copy);
}

TEST(a_forged_line_does_not_reach_the_terminal)
{
    char receipt[RECEIPT_BYTES];
    char copy[WORKSPACE_PATH_BYTES];
    read_receipt(2, "0101-001", receipt);
    forge("forged", "s/^0101-001,2000,130,/0101-001,2000,\\x1b[31m130,/", copy);
    command_check(&workspace, 1, NULL,
                  "bulletin-2/areas/0101.csv: the line of 0101-001 is not that of a report\n", "verify", copy,
                  "--unit", "0101-001", "--receipt", receipt, NULL);
}

/* The commune's own line is left as it was: its units say something else. */
TEST(a_unit_that_its_commune_does_not_count_is_told)
{
    static const char *const scripts[] = {
        "s/^0101-001,2000,130,/0101-001,2000,131,/", "s/^0101-001,2000,130,/0101-001,2001,130,/",
        "s/^0101-002,\\([0-9]*\\),[0-9]*,[0-9]*,/0101-002,\\1,0,,/", "/^0101-002,/d",
        "/^0101-001,/{h;s/0101-001/0101-009/};$G"}; /* behind the end */
    char receipt[RECEIPT_BYTES];
    read_receipt(2, "0101-001", receipt);
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        char name[32];
        char copy[WORKSPACE_PATH_BYTES];
        (void)snprintf(name, sizeof name, "uneven-%zu", i);
        forge(name, scripts[i], copy);
        command_check(
            &workspace, 1, NULL,
            "bulletin-2/areas/0101.csv: its units do not add up to its line in the province's file\n",
            "verify", copy, "--unit", "0101-001", "--receipt", receipt, NULL);
    }
}

TEST(a_wrong_command_line_is_told)
{
    command_check(&workspace, 2, NULL, "--unit and --receipt go together", "verify", export, "--unit",
                  "0101-001", NULL);
    command_check(&workspace, 2, NULL, "--unit x: no unit of small", "verify", export, "--unit", "x",
                  "--receipt", "0000-0000", NULL);
    command_check(&workspace, 2, NULL, "--receipt 12: not a receipt", "verify", export, "--unit", "0101-001",
                  "--receipt", "12", NULL);
    command_check(&workspace, 2, NULL, "--election is missing", "export", export, NULL);
    command_check(&workspace, 1, NULL, "there is no such folder", "verify", "/nowhere/at-all", NULL);
}

CASE("registers and rehearsals");
FIXTURE(start_for_export, stop);
TIMEOUT(60);

TEST(a_rehearsal_is_sound_and_its_unsigned_reports_are_counted)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 7}, 201);
    ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"x\"}", 201);
    turnoutd_stop(&turnoutd);
    command_check(&workspace, 0, "1 lines of the log, 1 bulletins", NULL, "export", export, "--election",
                  election, "--data", data, NULL);
    command_check(&workspace, 0, "bulletin 1 (x, rehearsal): 7 of 6150", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "  1 test reports that nobody signed", NULL, "verify", export, NULL);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

TEST(nothing_reported_is_sound)
{
    command_check(&workspace, 0, "0 lines of the log, 0 bulletins", NULL, "export", export, "--election",
                  election, "--data", data, NULL);
    command_check(&workspace, 0, "small: sound", NULL, "verify", export, NULL);
}

SUITE("verify");
