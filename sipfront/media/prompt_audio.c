#include "sipfront/media/prompt_audio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>
#include <speex/speex_resampler.h>

enum { BLOCK = 4096, QUALITY = 8, RATE_MIN = 1000, RATE_MAX = 384000, CHANNELS_MAX = 16, FULL_SCALE = 32767 };

/* Samples on their way to the rate of the codec: float until the loudest is known, 1.0 = 32768 (so that 16 bit samples
 * at that rate come out as they went in). */
struct intake {
    unsigned rate;
    SpeexResamplerState *resampler; /* NULL: the rate is right already */
    float *samples;
    size_t count, cap;
    float peak;
};

void prompt_audio_free(struct prompt_audio *a)
{
    free(a->samples);
    *a = (struct prompt_audio){ .codec = a->codec };
}

static enum err intake_open(struct intake *in, unsigned rate, unsigned wanted)
{
    int failed = 0;

    *in = (struct intake){ .rate = wanted };
    if (rate < RATE_MIN || rate > RATE_MAX)
        return ERR_UNSUPPORTED;
    if (rate == wanted)
        return ERR_OK;
    in->resampler = speex_resampler_init(1, rate, wanted, QUALITY, &failed);
    if (!in->resampler)
        return ERR_NOMEM;
    speex_resampler_skip_zeros(in->resampler); /* its delay; intake_finish() fetches what stays inside */
    return ERR_OK;
}

static void intake_close(struct intake *in)
{
    if (in->resampler)
        speex_resampler_destroy(in->resampler);
    free(in->samples);
}

static enum err reserve(struct intake *in, size_t more)
{
    size_t cap = in->cap ? in->cap : BLOCK;
    float *grown;

    if (in->count + more > (size_t)PROMPT_MAX_SECONDS * in->rate)
        return ERR_TOO_BIG;
    while (cap < in->count + more)
        cap *= 2;
    if (cap == in->cap)
        return ERR_OK;
    grown = realloc(in->samples, cap * sizeof *grown);
    if (!grown)
        return ERR_NOMEM;
    in->samples = grown;
    in->cap = cap;
    return ERR_OK;
}

static void keep(struct intake *in, const float *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float s = isfinite(samples[i]) ? samples[i] : 0.0F;
        in->peak = fmaxf(in->peak, fabsf(s));
        in->samples[in->count++] = s;
    }
}

/* One block of mono samples. */
static enum err intake_add(struct intake *in, const float *samples, size_t n)
{
    float out[BLOCK];
    size_t done = 0;
    enum err e = ERR_OK;

    if (!in->resampler) {
        e = reserve(in, n);
        if (!e)
            keep(in, samples, n);
        return e;
    }
    while (done < n && !e) {
        spx_uint32_t in_len = (spx_uint32_t)(n - done), out_len = BLOCK;
        speex_resampler_process_float(in->resampler, 0, samples + done, &in_len, out, &out_len);
        e = reserve(in, out_len);
        if (!e)
            keep(in, out, out_len);
        done += in_len;
        if (in_len == 0 && out_len == 0)
            break;
    }
    return e;
}

static enum err intake_finish(struct intake *in)
{
    const float zeros[BLOCK] = { 0 };
    size_t left = in->resampler ? (size_t)speex_resampler_get_input_latency(in->resampler) : 0;
    enum err e = ERR_OK;

    while (left > 0 && !e) {
        size_t n = left < BLOCK ? left : BLOCK;
        e = intake_add(in, zeros, n);
        left -= n;
    }
    return e;
}

/* Turned down when it would clip; never turned up: levels are the author's. */
static enum err to_samples(const struct intake *in, struct prompt_audio *out)
{
    int16_t *samples = malloc((in->count + 1) * sizeof *samples);
    float most = (float)FULL_SCALE / 32768.0F;
    float gain = in->peak > 1.0F ? most / in->peak : 1.0F;

    if (!samples)
        return ERR_NOMEM;
    for (size_t i = 0; i < in->count; i++) {
        float s = in->samples[i] * gain * 32768.0F;
        samples[i] = (int16_t)lrintf(fminf(s, FULL_SCALE));
    }
    out->samples = samples;
    out->count = in->count;
    return ERR_OK;
}

static enum err finish(struct intake *in, enum err e, struct prompt_audio *out)
{
    if (!e)
        e = intake_finish(in);
    if (!e)
        e = to_samples(in, out);
    intake_close(in);
    return e;
}

enum err prompt_audio_samples(struct prompt_audio *out, const int16_t *samples, size_t count, unsigned rate)
{
    struct intake in;
    float block[BLOCK];
    enum err e = intake_open(&in, rate, prompt_audio_rate(out));

    for (size_t at = 0; at < count && !e; at += BLOCK) {
        size_t n = count - at < BLOCK ? count - at : BLOCK;
        for (size_t i = 0; i < n; i++)
            block[i] = (float)samples[at + i] / 32768.0F;
        e = intake_add(&in, block, n);
    }
    return finish(&in, e, out);
}

/* The mean of the channels. */
static void mix_down(float *mono, const float *frames, size_t n, int channels)
{
    for (size_t i = 0; i < n; i++) {
        float sum = 0.0F;
        for (int c = 0; c < channels; c++)
            sum += frames[i * (size_t)channels + (size_t)c];
        mono[i] = sum / (float)channels;
    }
}

static enum err read_frames(struct intake *in, SNDFILE *file, int channels)
{
    float mono[BLOCK], frames[BLOCK];
    size_t most = BLOCK / (size_t)channels;
    enum err e = ERR_OK;
    sf_count_t n;

    while (!e && (n = sf_readf_float(file, frames, (sf_count_t)most)) > 0) {
        mix_down(mono, frames, (size_t)n, channels);
        e = intake_add(in, mono, (size_t)n);
    }
    return e;
}

enum err prompt_audio_file(struct prompt_audio *out, const char *path)
{
    SF_INFO info = { 0 };
    struct stat st;
    struct intake in;
    SNDFILE *file;
    enum err e;

    if (stat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    file = S_ISREG(st.st_mode) ? sf_open(path, SFM_READ, &info) : NULL; /* a FIFO would block for ever */
    if (!file)
        return ERR_IO;
    e = intake_open(&in, info.samplerate > 0 ? (unsigned)info.samplerate : 0, prompt_audio_rate(out));
    if (!e && (info.channels < 1 || info.channels > CHANNELS_MAX))
        e = ERR_UNSUPPORTED;
    if (!e)
        e = read_frames(&in, file, info.channels);
    sf_close(file);
    return finish(&in, e, out);
}

static const struct tone {
    const char *name;
    float hz;
    unsigned on_ms, off_ms;
} tones[] = {
    { "ring", 425, 1000, 4000 },     { "busy", 425, 500, 500 },
    { "congestion", 425, 250, 250 }, { "dial", 425, 4000, 0 }, /* 1700 whole periods: no seam */
    { "beep", 1000, 300, 0 },
};

enum { TONE_PEAK = 4125 /* -18 dBFS, about -15 dBm0 */, RAMP_MS = 5 /* against clicks */ };

/* ramp: in samples; 0 where the end meets the beginning. */
static float tone_gain(size_t i, size_t n, size_t ramp)
{
    size_t edge = i < n - 1 - i ? i : n - 1 - i;

    return edge >= ramp ? 1.0F : (float)edge / (float)ramp;
}

enum err prompt_audio_tone(struct prompt_audio *out, struct str name)
{
    const struct tone *t = tones;
    unsigned rate = prompt_audio_rate(out);
    size_t on, ramp = str_is(name, "dial") ? 0 : rate / 1000 * RAMP_MS;

    while (t < tones + sizeof tones / sizeof *tones && !str_is(name, t->name))
        t++;
    if (t == tones + sizeof tones / sizeof *tones)
        return ERR_INVALID;
    on = (size_t)t->on_ms * (rate / 1000);
    out->count = on + (size_t)t->off_ms * (rate / 1000);
    out->samples = calloc(out->count, sizeof *out->samples);
    if (!out->samples)
        return ERR_NOMEM;
    for (size_t i = 0; i < on; i++) {
        double phase = 2 * M_PI * (double)t->hz * (double)i / rate;
        out->samples[i] = (int16_t)lrint(TONE_PEAK * (double)tone_gain(i, on, ramp) * sin(phase));
    }
    return ERR_OK;
}
