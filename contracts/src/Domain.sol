// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The EIP-712 domain "Weft", version "1". Kept for the chain it was deployed on, computed anew after a fork.
abstract contract Domain {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    uint256 private immutable CHAIN_ID = block.chainid;
    /// The domain at the deployment. It also marks the ids of jobs, which a fork must not change.
    bytes32 internal immutable ORIGIN = _separator();

    /// What every signature for this escrow on this chain begins with.
    function _domainSeparator() internal view returns (bytes32) {
        return block.chainid == CHAIN_ID ? ORIGIN : _separator();
    }

    function _separator() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Weft"), keccak256("1"), block.chainid, address(this)));
    }
}
