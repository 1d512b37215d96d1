/* The NIST report out of a few figures: byte for byte, and what is not shown is not in it. */
#include <turnout/wire/documents.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { NATION, PROVINCE, COMMUNE, AREA_COUNT };

static struct election election = {.id = "e",
                                   .name = "E",
                                   .date = "2026-03-15",
                                   .timezone = "Asia/Ho_Chi_Minh",
                                   .offset_s = 25200,
                                   .opens = 1773532800,
                                   .closes = 1773669600}; /* on the 16th */
static struct area areas[AREA_COUNT] = {
    [NATION] = {"T", "Đất", "Land", AREA_NATION, REGISTER_NONE, PROVINCE, 1, 1, 8, 0},
    [PROVINCE] = {"01", "East", "", AREA_PROVINCE, NATION, COMMUNE, 1, 1, 8, 0},
    [COMMUNE] = {"0101", "One", "", AREA_COMMUNE, PROVINCE, 0, 8, 1, 8, 0},
};
static const struct election_register reg = {.areas = areas, .area_count = AREA_COUNT, .province_count = 1};
static struct area_figures counted[AREA_COUNT];
static struct figures figures;
static struct buffer out;

static void set_up(void)
{
    static const struct totals totals = {.voted = 41, .registered = 90, .units_reported = 6, .revision = 9};
    for (int i = 0; i < AREA_COUNT; i++) {
        counted[i] = (struct area_figures){.verified = true, .totals = totals};
    }
    figures = (struct figures){.election = &election,
                               .reg = &reg,
                               .areas = counted,
                               .test = true,
                               .durability = "strict",
                               .publication = "live",
                               .generated_at = 1773561600};
    buffer_clear(&out);
}

static void tear_down(void)
{
    buffer_done(&out);
}

FIXTURE(set_up, tear_down);

/* In single quotes, which are easier on the eye. */
static const char whole[] =
    "{'@type':'ElectionResults.ElectionReport','Format':'summary-contest',"
    "'GeneratedDate':'2026-03-15T15:00:00+07:00',"
    "'Issuer':'Đất','IssuerAbbreviation':'T','SequenceStart':1,'SequenceEnd':1,"
    "'Status':'unofficial-partial','IsTest':true,'VendorApplicationId':'turnoutd',"
    "'Notes':'Turnout alone: how many have voted, as polling units report it, and not for whom. "
    "Where figures are under verification or held back, they are left out.','GpUnit':["
    "{'@id':'area-T','@type':'ElectionResults.ReportingUnit','Type':'country',"
    "'Name':{'@type':'ElectionResults.InternationalizedText',"
    "'Text':[{'@type':'ElectionResults.LanguageString','Language':'und','Content':'Đất'},"
    "{'@type':'ElectionResults.LanguageString','Language':'en','Content':'Land'}]},"
    "'ExternalIdentifier':[{'@type':'ElectionResults.ExternalIdentifier','Type':'national-level',"
    "'Value':'T'}],"
    "'ComposingGpUnitIds':['area-01'],"
    "'TotalSubUnits':8,'SubUnitsReported':6,'VotersRegistered':90,'VotersParticipated':41,"
    "'CountStatus':[{'@type':'ElectionResults.CountStatus','Type':'total','Status':'in-process'}]},"
    "{'@id':'area-01','@type':'ElectionResults.ReportingUnit','Type':'other','OtherType':'province',"
    "'Name':{'@type':'ElectionResults.InternationalizedText',"
    "'Text':[{'@type':'ElectionResults.LanguageString','Language':'und','Content':'East'}]},"
    "'ExternalIdentifier':[{'@type':'ElectionResults.ExternalIdentifier','Type':'national-level',"
    "'Value':'01'}],"
    "'ComposingGpUnitIds':['area-0101'],"
    "'TotalSubUnits':8,'SubUnitsReported':6,'VotersRegistered':90,'VotersParticipated':41,"
    "'CountStatus':[{'@type':'ElectionResults.CountStatus','Type':'total','Status':'in-process'}]},"
    "{'@id':'area-0101','@type':'ElectionResults.ReportingUnit','Type':'other','OtherType':'commune',"
    "'Name':{'@type':'ElectionResults.InternationalizedText',"
    "'Text':[{'@type':'ElectionResults.LanguageString','Language':'und','Content':'One'}]},"
    "'ExternalIdentifier':[{'@type':'ElectionResults.ExternalIdentifier','Type':'national-level',"
    "'Value':'0101'}],"
    "'TotalSubUnits':8,'SubUnitsReported':6,'VotersRegistered':90,'VotersParticipated':41,"
    "'CountStatus':[{'@type':'ElectionResults.CountStatus','Type':'total','Status':'in-process'}]}],"
    "'Election':[{'@type':'ElectionResults.Election',"
    "'Name':{'@type':'ElectionResults.InternationalizedText',"
    "'Text':[{'@type':'ElectionResults.LanguageString','Language':'und','Content':'E'}]},"
    "'ExternalIdentifier':[{'@type':'ElectionResults.ExternalIdentifier','Type':'national-level',"
    "'Value':'e'}],"
    "'Type':'other','OtherType':'not stated','StartDate':'2026-03-15','EndDate':'2026-03-16',"
    "'ElectionScopeId':'area-T',"
    "'CountStatus':[{'@type':'ElectionResults.CountStatus','Type':'total','Status':'in-process'}],"
    "'BallotCounts':["
    "{'@type':'ElectionResults.BallotCounts','GpUnitId':'area-T','Type':'total','BallotsCast':41},"
    "{'@type':'ElectionResults.BallotCounts','GpUnitId':'area-01','Type':'total','BallotsCast':41},"
    "{'@type':'ElectionResults.BallotCounts','GpUnitId':'area-0101','Type':'total',"
    "'BallotsCast':41}]}]}";

static void expect_whole(void)
{
    for (size_t i = 0; i < out.length; i++) {
        out.bytes[i] = out.bytes[i] == '"' ? '\'' : out.bytes[i];
    }
    ck_assert_str_eq(out.bytes, whole);
}

#define STATUS(status) "\"Type\":\"total\",\"Status\":\"" status "\""

TEST(every_area_with_its_figures)
{
    document_nist_json(&out, &figures);
    expect_whole();
}

/* Under verification, and held back. */
LOOP_TEST(what_is_not_shown_is_left_out, 2)
{
    for (int i = 0; i < AREA_COUNT; i++) {
        counted[i].verified = _i == 0;
        counted[i].withheld = _i == 0;
    }
    document_nist_json(&out, &figures);
    ck_assert_ptr_null(strstr(out.bytes, "41"));
    ck_assert_ptr_null(strstr(out.bytes, "90"));
    ck_assert_ptr_null(strstr(out.bytes, ":6"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"TotalSubUnits\":8,\"CountStatus\""));
    ck_assert_ptr_nonnull(strstr(out.bytes, STATUS("unknown")));
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"BallotCounts\":[]"));
}

TEST(counting_begins_and_ends)
{
    for (int i = 0; i < AREA_COUNT; i++) {
        counted[i].totals = (struct totals){.registered = 90};
    }
    document_nist_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(out.bytes, STATUS("not-processed")));
    ck_assert_ptr_null(strstr(out.bytes, STATUS("in-process")));
    buffer_clear(&out);
    for (int i = 0; i < AREA_COUNT; i++) {
        counted[i].totals = (struct totals){.registered = 90, .units_reported = 8, .units_final = 8};
    }
    document_nist_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"Status\":\"unofficial-complete\""));
    ck_assert_ptr_nonnull(strstr(out.bytes, STATUS("completed")));
    ck_assert_ptr_null(strstr(out.bytes, STATUS("in-process")));
}

SUITE("nist_report");
