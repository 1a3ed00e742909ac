/**
 * The arguments of ATen's calls by name, as far as calls are lowered: TorchScript gives them by place. Written by
 * scripts/fixtures/torch_signatures.py: per line a call and its overloads, "overload>results name:kind …". Kinds: T tensor,
 * L tensors, i int, f float, n number, b bool, t text, I F B lists, d element type, o what no lowering needs; "?" may be
 * None, "=" may be left out, "*" is given by name only.
 */
export const SIGNATURES = `
__and__ = Scalar>T self:T other:n | Tensor>T self:T other:T
__or__ = Tensor>T self:T other:T | Scalar>T self:T other:n
__xor__ = Tensor>T self:T other:T | Scalar>T self:T other:n
_adaptive_avg_pool2d = >T self:T output_size:I
_adaptive_avg_pool3d = >T self:T output_size:I
_batch_norm_no_update = >TTTT input:T weight:T? bias:T? running_mean:T? running_var:T? momentum:f eps:f
_convolution = deprecated>T input:T weight:T bias:T? stride:I padding:I dilation:I transposed:b output_padding:I groups:i benchmark:b deterministic:b cudnn_enabled:b | >T input:T weight:T bias:T? stride:I padding:I dilation:I transposed:b output_padding:I groups:i benchmark:b deterministic:b cudnn_enabled:b allow_tf32:b
_convolution_mode = >T input:T weight:T bias:T? stride:I padding:t dilation:I groups:i
_log_softmax = >T self:T dim:i half_to_float:b
_native_batch_norm_legit = >TTT input:T weight:T? bias:T? running_mean:T running_var:T training:b momentum:f eps:f | no_stats>TTT input:T weight:T? bias:T? training:b momentum:f eps:f
_native_batch_norm_legit_functional = >TTTTT input:T weight:T? bias:T? running_mean:T running_var:T training:b momentum:f eps:f
_native_batch_norm_legit_no_training = >TTT input:T weight:T? bias:T? running_mean:T running_var:T momentum:f eps:f
_prelu_kernel = >T self:T weight:T
_scaled_dot_product_flash_attention_for_cpu = >TT query:T key:T value:T dropout_p:f= is_causal:b= attn_mask:T?=* scale:f?=*
_softmax = >T self:T dim:i half_to_float:b
_to_copy = >T self:T dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* non_blocking:b=* memory_format:o?=*
_unsafe_index = Tensor>T self:T indices:L | Tensor_hacked_twin>T self:T indices:L
_unsafe_view = >T self:T size:I
_upsample_nearest_exact2d = >T self:T output_size:I scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? scale_factors:F?
abs = >T self:T
acos = >T self:T
acosh = >T self:T
adaptive_avg_pool1d = >T self:T output_size:I
adaptive_avg_pool2d = >T self:T output_size:I
adaptive_avg_pool3d = >T self:T output_size:I
adaptive_max_pool2d = >TT self:T output_size:I
add = Tensor>T self:T other:T alpha:n=* | Scalar>T self:T other:n alpha:n=
addcdiv = >T self:T tensor1:T tensor2:T value:n=*
addcmul = >T self:T tensor1:T tensor2:T value:n=*
addmm = >T self:T mat1:T mat2:T beta:n=* alpha:n=* | dtype>T self:T mat1:T mat2:T out_dtype:d beta:n=* alpha:n=*
adjoint = >T self:T
alias = >T self:T
all = >T self:T | dim>T self:T dim:i keepdim:b= | dims>T self:T dim:I?= keepdim:b=
alpha_dropout = >T input:T p:f train:b
amax = >T self:T dim:I= keepdim:b=
amin = >T self:T dim:I= keepdim:b=
any = >T self:T | dim>T self:T dim:i keepdim:b= | dims>T self:T dim:I?= keepdim:b=
arange = >T end:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* | start>T start:n end:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* | start_step>T start:n end:n step:n= dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
argmax = >T self:T dim:i?= keepdim:b=
argmin = >T self:T dim:i?= keepdim:b=
as_strided = >T self:T size:I stride:I storage_offset:i?=
asin = >T self:T
asinh = >T self:T
atan = >T self:T
atanh = >T self:T
avg_pool1d = >T self:T kernel_size:I stride:I= padding:I= ceil_mode:b= count_include_pad:b=
avg_pool2d = >T self:T kernel_size:I stride:I= padding:I= ceil_mode:b= count_include_pad:b= divisor_override:i?=
avg_pool3d = >T self:T kernel_size:I stride:I= padding:I= ceil_mode:b= count_include_pad:b= divisor_override:i?=
baddbmm = >T self:T batch1:T batch2:T beta:n=* alpha:n=* | dtype>T self:T batch1:T batch2:T out_dtype:d beta:n=* alpha:n=*
batch_norm = >T input:T weight:T? bias:T? running_mean:T? running_var:T? training:b momentum:f eps:f cudnn_enabled:b
bitwise_and = Tensor>T self:T other:T | Scalar>T self:T other:n | Scalar_Tensor>T self:n other:T
bitwise_not = >T self:T
bitwise_or = Tensor>T self:T other:T | Scalar>T self:T other:n | Scalar_Tensor>T self:n other:T
bitwise_xor = Tensor>T self:T other:T | Scalar>T self:T other:n | Scalar_Tensor>T self:n other:T
bmm = >T self:T mat2:T | dtype>T self:T mat2:T out_dtype:d
cat = >T tensors:L dim:i=
ceil = >T self:T
celu = >T self:T alpha:n=
channel_shuffle = >T self:T groups:i
chunk = >L self:T chunks:i dim:i=
clamp = >T self:T min:n?= max:n?= | Tensor>T self:T min:T?= max:T?=
clamp_max = >T self:T max:n | Tensor>T self:T max:T
clamp_min = >T self:T min:n | Tensor>T self:T min:T
clip = >T self:T min:n?= max:n?= | Tensor>T self:T min:T?= max:T?=
clone = >T self:T memory_format:o?=*
concat = >T tensors:L dim:i=
concatenate = >T tensors:L dim:i=
constant_pad_nd = >T self:T pad:I value:n=
contiguous = >T self:T memory_format:o=*
conv1d = >T input:T weight:T bias:T?= stride:I= padding:I= dilation:I= groups:i= | padding>T input:T weight:T bias:T?= stride:I= padding:t= dilation:I= groups:i=
conv2d = >T input:T weight:T bias:T?= stride:I= padding:I= dilation:I= groups:i= | padding>T input:T weight:T bias:T?= stride:I= padding:t= dilation:I= groups:i=
conv3d = >T input:T weight:T bias:T?= stride:I= padding:I= dilation:I= groups:i= | padding>T input:T weight:T bias:T?= stride:I= padding:t= dilation:I= groups:i=
conv_transpose1d = >T input:T weight:T bias:T?= stride:I= padding:I= output_padding:I= groups:i= dilation:I=
conv_transpose2d = input>T input:T weight:T bias:T?= stride:I= padding:I= output_padding:I= groups:i= dilation:I=
conv_transpose3d = input>T input:T weight:T bias:T?= stride:I= padding:I= output_padding:I= groups:i= dilation:I=
convolution = >T input:T weight:T bias:T? stride:I padding:I dilation:I transposed:b output_padding:I groups:i
copy = >T self:T src:T non_blocking:b=
cos = >T self:T
cosh = >T self:T
cudnn_batch_norm = >TTTT input:T weight:T bias:T? running_mean:T? running_var:T? training:b exponential_average_factor:f epsilon:f
cumsum = >T self:T dim:i dtype:d?=*
detach = >T self:T
detach_ = >T self:T
div = Tensor>T self:T other:T | Scalar>T self:T other:n | Tensor_mode>T self:T other:T rounding_mode:t?* | Scalar_mode>T self:T other:n rounding_mode:t?*
divide = Tensor>T self:T other:T | Scalar>T self:T other:n | Tensor_mode>T self:T other:T rounding_mode:t?* | Scalar_mode>T self:T other:n rounding_mode:t?*
dot = >T self:T tensor:T
dropout = >T input:T p:f train:b
einsum = >T equation:t tensors:L path:I?=* | sublist>T a:T
elu = >T self:T alpha:n= scale:n= input_scale:n=
embedding = >T weight:T indices:T padding_idx:i= scale_grad_by_freq:b= sparse:b=
empty = memory_format>T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* memory_format:o?=*
empty_like = >T self:T dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* memory_format:o?=*
eq = Tensor>T self:T other:T | Scalar>T self:T other:n
erf = >T self:T
exp = >T self:T
expand = >T self:T size:I implicit:b=*
expand_as = >T self:T other:T
expm1 = >T self:T
feature_dropout = >T input:T p:f train:b
fill = Scalar>T self:T value:n | Tensor>T self:T value:T
fix = >T self:T
flatten = using_ints>T self:T start_dim:i= end_dim:i=
flip = >T self:T dims:I
floor = >T self:T
floor_divide = >T self:T other:T | Scalar>T self:T other:n
fmod = Tensor>T self:T other:T | Scalar>T self:T other:n
full = >T size:I fill_value:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
full_like = >T self:T fill_value:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* memory_format:o?=*
gather = >T self:T dim:i index:T sparse_grad:b=*
ge = Tensor>T self:T other:T | Scalar>T self:T other:n
gelu = >T self:T approximate:t=*
glu = >T self:T dim:i=
grid_sampler = >T input:T grid:T interpolation_mode:i padding_mode:i align_corners:b
group_norm = >T input:T num_groups:i weight:T?= bias:T?= eps:f= cudnn_enabled:b=
gt = Tensor>T self:T other:T | Scalar>T self:T other:n
hardshrink = >T self:T lambd:n=
hardsigmoid = >T self:T
hardswish = >T self:T
hardtanh = >T self:T min_val:n= max_val:n=
index = Tensor>T self:T indices:L | Tensor_hacked_twin>T self:T indices:L
index_select = >T self:T dim:i index:T
instance_norm = >T input:T weight:T? bias:T? running_mean:T? running_var:T? use_input_stats:b momentum:f eps:f cudnn_enabled:b
isinf = >T self:T
isnan = >T self:T
layer_norm = >T input:T normalized_shape:I weight:T?= bias:T?= eps:f= cudnn_enable:b=
le = Tensor>T self:T other:T | Scalar>T self:T other:n
leaky_relu = >T self:T negative_slope:n=
lerp = Scalar>T self:T end:T weight:n | Tensor>T self:T end:T weight:T
lift_fresh = >T self:T
lift_fresh_copy = >T self:T
linalg_vector_norm = >T self:T ord:n= dim:I?= keepdim:b= dtype:d?=*
linear = >T input:T weight:T bias:T?=
log = >T self:T
log10 = >T self:T
log1p = >T self:T
log2 = >T self:T
log_sigmoid = >T self:T
log_softmax = int>T self:T dim:i dtype:d?=
logical_and = >T self:T other:T
logical_not = >T self:T
logical_or = >T self:T other:T
logical_xor = >T self:T other:T
logsumexp = >T self:T dim:I keepdim:b=
lt = Tensor>T self:T other:T | Scalar>T self:T other:n
mT = >T self:T | a>T self:T
masked_fill = Scalar>T self:T mask:T value:n | Tensor>T self:T mask:T value:T
matmul = >T self:T other:T
max = other>T self:T other:T | >T self:T | dim>TT self:T dim:i keepdim:b=
max_pool1d = >T self:T kernel_size:I stride:I= padding:I= dilation:I= ceil_mode:b=
max_pool2d = >T self:T kernel_size:I stride:I= padding:I= dilation:I= ceil_mode:b=
max_pool2d_with_indices = >TT self:T kernel_size:I stride:I= padding:I= dilation:I= ceil_mode:b=
max_pool3d = >T self:T kernel_size:I stride:I= padding:I= dilation:I= ceil_mode:b=
max_pool3d_with_indices = >TT self:T kernel_size:I stride:I= padding:I= dilation:I= ceil_mode:b=
maximum = >T self:T other:T
mean = >T self:T dtype:d?=* | dim>T self:T dim:I? keepdim:b= dtype:d?=*
meshgrid = >L tensors:L | indexing>L tensors:L indexing:t*
min = other>T self:T other:T | >T self:T | dim>TT self:T dim:i keepdim:b=
minimum = >T self:T other:T
mish = >T self:T
mm = >T self:T mat2:T | dtype>T self:T mat2:T out_dtype:d
moveaxis = intlist>T self:T source:I destination:I | int>T self:T source:i destination:i
movedim = int>T self:T source:i destination:i | intlist>T self:T source:I destination:I
mul = Tensor>T self:T other:T | Scalar>T self:T other:n
multiply = Tensor>T self:T other:T | Scalar>T self:T other:n
mv = >T self:T vec:T
narrow = >T self:T dim:i start:i length:i | Tensor>T self:T dim:i start:T length:i
native_batch_norm = >TTT input:T weight:T? bias:T? running_mean:T? running_var:T? training:b momentum:f eps:f
native_channel_shuffle = >T self:T groups:i
native_dropout = >TT input:T p:f train:b?
native_group_norm = >TTT input:T weight:T? bias:T? N:i C:i HxW:i group:i eps:f
native_layer_norm = >TTT input:T normalized_shape:I weight:T? bias:T? eps:f
ne = Tensor>T self:T other:T | Scalar>T self:T other:n
neg = >T self:T
new_empty = >T self:T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
new_full = >T self:T size:I fill_value:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
new_ones = >T self:T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
new_zeros = >T self:T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
norm = Scalar>T self:T p:n= | ScalarOpt_dim>T self:T p:n? dim:I keepdim:b= | ScalarOpt_dim_dtype>T self:T p:n? dim:I keepdim:b dtype:d* | ScalarOpt_dtype>T self:T p:n? dtype:d*
numpy_T = >T self:T | a>T self:T
ones = >T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
ones_like = >T self:T dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* memory_format:o?=*
pad = >T self:T pad:I mode:t= value:f?=
permute = >T self:T dims:I
pixel_shuffle = >T self:T upscale_factor:i
pixel_unshuffle = >T self:T downscale_factor:i
positive = >T self:T
pow = Tensor_Tensor>T self:T exponent:T | Tensor_Scalar>T self:T exponent:n | Scalar>T self:n exponent:T
prelu = >T self:T weight:T
prod = >T self:T dtype:d?=* | dim_int>T self:T dim:i keepdim:b= dtype:d?=*
reciprocal = >T self:T
reflection_pad1d = >T self:T padding:I
reflection_pad2d = >T self:T padding:I
reflection_pad3d = >T self:T padding:I
relu = >T self:T
relu6 = >T self:T
remainder = Tensor>T self:T other:T | Scalar>T self:T other:n | Scalar_Tensor>T self:n other:T
repeat = >T self:T repeats:I
replication_pad1d = >T self:T padding:I
replication_pad2d = >T self:T padding:I
replication_pad3d = >T self:T padding:I
reshape = >T self:T shape:I
reshape_as = >T self:T other:T
resolve_conj = >T self:T
resolve_neg = >T self:T
rms_norm = >T input:T normalized_shape:I weight:T?= eps:f?=
roll = >T self:T shifts:I dims:I=
round = >T self:T | decimals>T self:T decimals:i*
rsqrt = >T self:T
rsub = Tensor>T self:T other:T alpha:n=* | Scalar>T self:T other:n alpha:n=
scalar_tensor = >T s:n dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
scaled_dot_product_attention = >T query:T key:T value:T attn_mask:T?= dropout_p:f= is_causal:b= scale:f?=* enable_gqa:b=*
select = int>T self:T dim:i index:i
select_scatter = >T self:T src:T dim:i index:i
selu = >T self:T
sigmoid = >T self:T
sign = >T self:T
silu = >T self:T
sin = >T self:T
sinh = >T self:T
slice = Tensor>T self:T dim:i= start:i?= end:i?= step:i=
slice_scatter = >T self:T src:T dim:i= start:i?= end:i?= step:i=
softmax = int>T self:T dim:i dtype:d?=
softplus = >T self:T beta:n= threshold:n=
softshrink = >T self:T lambd:n=
sort = >TT self:T dim:i= descending:b= | stable>TT self:T stable:b?* dim:i=* descending:b=*
split = Tensor>L self:T split_size:i dim:i= | sizes>L self:T split_size:I dim:i= | >L self:T split_sizes:I dim:i=
split_with_sizes = >L self:T split_sizes:I dim:i=
sqrt = >T self:T
square = >T self:T
squeeze = >T self:T | dim>T self:T dim:i | dims>T self:T dim:I
stack = >T tensors:L dim:i=
std = >T self:T unbiased:b= | dim>T self:T dim:I? unbiased:b= keepdim:b= | correction>T self:T dim:I?= correction:n?=* keepdim:b=*
std_mean = >TT self:T unbiased:b= | dim>TT self:T dim:I? unbiased:b= keepdim:b= | correction>TT self:T dim:I?= correction:n?=* keepdim:b=*
sub = Tensor>T self:T other:T alpha:n=* | Scalar>T self:T other:n alpha:n=
subtract = Tensor>T self:T other:T alpha:n=* | Scalar>T self:T other:n alpha:n=
sum = dim_IntList>T self:T dim:I? keepdim:b= dtype:d?=* | >T self:T dtype:d?=*
swapaxes = >T self:T axis0:i axis1:i
swapdims = >T self:T dim0:i dim1:i
t = >T self:T
tan = >T self:T
tanh = >T self:T
tensor = bool>T t:b dtype:d?=* device:o?=* requires_grad:b=* | float>T t:f dtype:d?=* device:o?=* requires_grad:b=* | int>T t:i dtype:d?=* device:o?=* requires_grad:b=*
tensor_split = sections>L self:T sections:i dim:i= | indices>L self:T indices:I dim:i= | tensor_indices_or_sections>L self:T tensor_indices_or_sections:T dim:i=
threshold = >T self:T threshold:n value:n
tile = >T self:T dims:I
to = device>T self:T device:o dtype:d non_blocking:b= copy:b= memory_format:o?= | dtype>T self:T dtype:d non_blocking:b= copy:b= memory_format:o?= | other>T self:T other:T non_blocking:b= copy:b= memory_format:o?= | dtype_layout>T self:T dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* non_blocking:b=* copy:b=* memory_format:o?=*
topk = >TT self:T k:i dim:i= largest:b= sorted:b=
transpose = int>T self:T dim0:i dim1:i
tril = >T self:T diagonal:i=
triu = >T self:T diagonal:i=
true_divide = Tensor>T self:T other:T | Scalar>T self:T other:n
trunc = >T self:T
type_as = >T self:T other:T
unbind = int>L self:T dim:i=
unflatten = int>T self:T dim:i sizes:I
unsafe_chunk = >L self:T chunks:i dim:i=
unsafe_split = Tensor>L self:T split_size:i dim:i=
unsqueeze = >T self:T dim:i
upsample_bicubic2d = >T self:T output_size:I align_corners:b scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? align_corners:b scale_factors:F?
upsample_bilinear2d = >T self:T output_size:I align_corners:b scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? align_corners:b scale_factors:F?
upsample_linear1d = >T self:T output_size:I align_corners:b scales:f?= | vec>T input:T output_size:I? align_corners:b scale_factors:F?
upsample_nearest1d = >T self:T output_size:I scales:f?= | vec>T input:T output_size:I? scale_factors:F?
upsample_nearest2d = >T self:T output_size:I scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? scale_factors:F?
upsample_nearest3d = >T self:T output_size:I scales_d:f?= scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? scale_factors:F?
upsample_trilinear3d = >T self:T output_size:I align_corners:b scales_d:f?= scales_h:f?= scales_w:f?= | vec>T input:T output_size:I? align_corners:b scale_factors:F?
var = >T self:T unbiased:b= | dim>T self:T dim:I? unbiased:b= keepdim:b= | correction>T self:T dim:I?= correction:n?=* keepdim:b=*
var_mean = >TT self:T unbiased:b= | dim>TT self:T dim:I? unbiased:b= keepdim:b= | correction>TT self:T dim:I?= correction:n?=* keepdim:b=*
view = >T self:T size:I | dtype>T self:T dtype:d
view_as = >T self:T other:T
where = self>T condition:T self:T other:T | ScalarOther>T condition:T self:T other:n | ScalarSelf>T condition:T self:n other:T | Scalar>T condition:T self:n other:n | >L condition:T
zero = >T self:T
zeros = >T size:I dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=*
zeros_like = >T self:T dtype:d?=* layout:o?=* device:o?=* pin_memory:b?=* memory_format:o?=*
`;
